import { useLayoutEffect, useRef, type ClipboardEvent, type KeyboardEvent, type Ref } from 'react';

interface TextBoxProps {
  ref?: Ref<HTMLTextAreaElement>;
  label: string;
  placeholder: string;
  value: string;
  onChange: (text: string) => void;
  onSend: () => void;
  onFiles: (files: FileList) => void;
  /** Recalls what was said last, when nothing is written. */
  onRecall: () => void;
  disabled?: boolean;
}

/** Where one types with a thumb, Enter is a new line. */
const typesWithThumb = (): boolean => matchMedia('(pointer: coarse)').matches;

/** Grows with what is written. Enter sends, Shift+Enter is a new line; on a phone the button sends. */
export function TextBox({ ref, label, placeholder, value, onChange, onSend, onFiles, onRecall, disabled }: TextBoxProps) {
  const own = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const area = own.current;
    if (!area) return;
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight}px`;
  }, [value]);
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey || (!event.shiftKey && !typesWithThumb()))) {
      event.preventDefault();
      onSend();
    } else if (event.key === 'ArrowUp' && value === '') {
      event.preventDefault();
      onRecall();
    }
  };
  const onPaste = (event: ClipboardEvent) => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    onFiles(event.clipboardData.files);
  };
  return (
    <textarea
      ref={(area) => {
        own.current = area;
        if (typeof ref === 'function') ref(area);
        else if (ref) ref.current = area;
      }}
      aria-label={label}
      placeholder={placeholder}
      dir="auto"
      rows={1}
      value={value}
      disabled={disabled}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={onKeyDown}
      onPaste={onPaste}
      enterKeyHint="enter"
      className="block max-h-[min(40dvh,20rem)] min-h-10 w-full min-w-0 resize-none overflow-y-auto bg-transparent px-3.5 py-2.5 text-base outline-none scroll-thin disabled:opacity-50"
    />
  );
}
