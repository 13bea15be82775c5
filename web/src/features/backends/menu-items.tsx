import { useNavigate } from '@tanstack/react-router';
import { FlaskConical, LogOut, Pencil, Power, RefreshCw, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Backend } from '@/api/types';
import type { MenuItem } from '@/ui';
import { useBackendActions } from './actions';

/** The secret that the hub itself keeps of a sign-in. */
const SIGN_IN = 'oauth';

/** What can be done with one backend, for its menu. */
export function useMenuItems(backend: Backend, onRemove: () => void): (MenuItem | null)[] {
  const { t } = useTranslation('backends');
  const navigate = useNavigate();
  const { discover, setEnabled, signOut } = useBackendActions();
  const open = (tab: 'overview' | 'settings') => navigate({ to: '/backends/$id', params: { id: backend.id }, search: { tab } });
  return [
    { key: 'test', label: t('test'), icon: <FlaskConical className="size-4" />, onSelect: () => void open('overview') },
    {
      key: 'discover',
      label: t('refresh'),
      icon: <RefreshCw className="size-4" />,
      disabled: !backend.enabled,
      onSelect: () => discover.mutate(backend),
    },
    { key: 'edit', label: t('edit'), icon: <Pencil className="size-4" />, onSelect: () => void open('settings') },
    {
      key: 'enabled',
      label: backend.enabled ? t('disable') : t('enable'),
      icon: <Power className="size-4" />,
      onSelect: () => setEnabled.mutate({ backend, enabled: !backend.enabled }),
    },
    ...(backend.secrets.includes(SIGN_IN) ? [{ key: 'signOut', label: t('signIn.forget'), icon: <LogOut className="size-4 rtl:-scale-x-100" />, onSelect: () => signOut.mutate(backend) }] : []),
    null,
    { key: 'remove', label: t('remove.menu'), icon: <Trash2 className="size-4" />, danger: true, onSelect: onRemove },
  ];
}
