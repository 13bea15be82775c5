import { FileText, Image as ImageIcon, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatBytes } from '@/lib/format';
import { IconButton } from '@/ui';
import type { ChatDraft } from '../state/drafts';

/** Files that go with the next message. */
export function Attachments({ draft, onChange }: { draft: ChatDraft; onChange: (change: Partial<ChatDraft>) => void }) {
  const { t } = useTranslation('chat');
  if (draft.files.length === 0 && draft.kept.length === 0) return null;
  return (
    <ul aria-label={t('files')} className="flex flex-wrap gap-1.5 px-3 pt-2.5">
      {draft.kept.map((file) => (
        <Attachment key={file.blob_id} name={file.name} size={file.size} onRemove={() => onChange({ kept: draft.kept.filter((one) => one !== file) })} />
      ))}
      {draft.files.map((one) => (
        <Attachment key={one.key} name={one.file.name} size={one.file.size} file={one.file} onRemove={() => onChange({ files: draft.files.filter((other) => other !== one) })} />
      ))}
    </ul>
  );
}

function Attachment({ name, size, file, onRemove }: { name: string; size: number; file?: File; onRemove: () => void }) {
  const { t, i18n } = useTranslation('chat');
  const picture = usePicture(file);
  const Icon = file?.type.startsWith('image/') ? ImageIcon : FileText;
  return (
    <li className="flex h-10 max-w-64 min-w-0 items-center gap-2 rounded-lg border bg-surface ps-1.5 pe-1">
      {picture ? <img src={picture} alt="" className="size-7 shrink-0 rounded object-cover" /> : <Icon aria-hidden className="ms-1 size-4 shrink-0 text-muted" />}
      <span className="min-w-0">
        <span dir="auto" className="block truncate text-xs">
          {name}
        </span>
        <span className="block text-2xs text-faint">{formatBytes(size, i18n.language)}</span>
      </span>
      <IconButton label={t('removeFile', { name })} size="sm" onClick={onRemove} className="size-6">
        <X className="size-3.5" />
      </IconButton>
    </li>
  );
}

/** An address for a picture that is not at the hub yet. */
function usePicture(file: File | undefined): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (!file || !/^image\/(png|jpeg|gif|webp|avif)$/.test(file.type)) return undefined;
    const made = URL.createObjectURL(file);
    // eslint-disable-next-line react-hooks/set-state-in-effect -- The address lives as long as the effect.
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return address;
}
