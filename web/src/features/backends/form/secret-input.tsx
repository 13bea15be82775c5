import { Eye, EyeOff } from 'lucide-react';
import { useState, type ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton, Input } from '@/ui';

/** A field for a secret: hidden, and not offered to the browser's store of passwords. */
export function SecretInput(props: Omit<ComponentProps<'input'>, 'type'>) {
  const { t } = useTranslation('backends');
  const [shown, setShown] = useState(false);
  return (
    <div className="relative">
      <Input {...props} type={shown ? 'text' : 'password'} autoComplete="new-password" dir="ltr" className="pr-9 font-mono" />
      <IconButton label={shown ? t('secret.hide') : t('secret.show')} size="sm" onClick={() => setShown(!shown)} className="absolute top-0.5 right-0.5">
        {shown ? <EyeOff className="size-3.5" /> : <Eye className="size-3.5" />}
      </IconButton>
    </div>
  );
}
