import { ChevronRight } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { describe, type SchemaNode } from './describe';

/** A schema to read: names, types, what must be there, what it means. */
export function SchemaTree({ schema }: { schema: unknown }) {
  const { t } = useTranslation('schema-form');
  const node = useMemo(() => describe(schema), [schema]);
  if (node.children.length === 0 && node.types.length === 0) return <p className="text-sm text-muted">{t('anything')}</p>;
  if (node.children.length === 0 && node.types[0] === 'object') return <p className="text-sm text-muted">{t('nothing')}</p>;
  return (
    <ul className="flex min-w-0 flex-col gap-2">
      {node.types[0] === 'object' ? node.children.map((child, at) => <Node key={at} node={child} depth={0} />) : <Node node={node} depth={0} />}
    </ul>
  );
}

function Node({ node, depth }: { node: SchemaNode; depth: number }) {
  const { t } = useTranslation('schema-form');
  const [open, setOpen] = useState(depth < 2);
  const has = node.children.length > 0;
  const name = node.name === undefined ? t(`part.${node.part}`) : node.name;
  const typesOf = () => {
    if (node.part === 'again') return t('part.again');
    if (node.types.length > 0) return node.types.map((type) => t(`kinds.${type}`)).join(' | ');
    return node.children.some((child) => child.part === 'option') ? t('oneOf') : t('kinds.any');
  };
  const label = (
    <>
      {node.name === undefined ? <span className="text-xs text-muted">
          {name} {node.title && <bdi className="font-medium text-ink">{node.title}</bdi>}
        </span> : <code dir="ltr" className="font-mono text-xs font-semibold break-all">{name}</code>}
      <span className="text-xs text-info">{typesOf()}</span>
      {node.format && <span className="font-mono text-2xs text-faint">{node.format}</span>}
      {node.required && <span className="text-2xs text-bad">{t('requiredMark')}</span>}
    </>
  );
  return (
    <li className="min-w-0">
      {has ? (
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="-ms-5 flex max-w-full flex-wrap items-center gap-x-2 rounded text-start hover:bg-hover">
          <ChevronRight aria-hidden className={cn('size-4 shrink-0 text-faint transition-transform', open ? 'rotate-90' : 'rtl:-scale-x-100')} />
          <span className="-ms-1 flex flex-wrap items-center gap-x-2">{label}</span>
        </button>
      ) : (
        <span className="flex flex-wrap items-center gap-x-2">{label}</span>
      )}
      {node.text && (
        <p dir="auto" className="prose-plain mt-0.5 text-xs text-muted">
          {node.text}
        </p>
      )}
      {node.facts.length > 0 && (
        <p dir="ltr" className="mt-0.5 text-start font-mono text-2xs break-words text-faint">
          {node.facts.map(([key, value]) => `${key}: ${value}`).join(' · ')}
        </p>
      )}
      {has && open && (
        <ul className="mt-2 ms-1 flex min-w-0 flex-col gap-2 border-s ps-5">
          {node.children.map((child, at) => (
            <Node key={at} node={child} depth={depth + 1} />
          ))}
        </ul>
      )}
    </li>
  );
}
