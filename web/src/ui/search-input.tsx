import { Search } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cn } from '@/lib/cn';
import { Input } from './field';

/** A field to narrow a list with. `label` is read out and shown as the placeholder. */
export function SearchInput({ label, className, ...rest }: Omit<ComponentProps<'input'>, 'type'> & { label: string }) {
  return (
    <div className={cn('relative min-w-0', className)}>
      <Search aria-hidden className="pointer-events-none absolute start-2.5 top-2 size-4 text-faint" />
      <Input {...rest} type="search" aria-label={label} placeholder={label} className="ps-8" />
    </div>
  );
}
