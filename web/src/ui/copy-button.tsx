import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { copyText } from '@/lib/clipboard';
import { toast } from '@/lib/toasts';
import { IconButton } from './button';

/** Copies a text; a function is asked only when it is needed. */
export function CopyButton({ text, label, className }: { text: string | (() => string); label?: string; className?: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    const timer = copied ? setTimeout(() => setCopied(false), 1500) : undefined;
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    const done = await copyText(typeof text === 'string' ? text : text());
    if (done) setCopied(true);
    else toast({ tone: 'bad', text: t('copyFailed') });
  };
  return (
    <IconButton label={copied ? t('copied') : (label ?? t('copy'))} size="sm" onClick={() => void copy()} className={className}>
      {copied ? <Check className="size-3.5 text-ok" /> : <Copy className="size-3.5" />}
    </IconButton>
  );
}
