import {
  canExpand,
  descriptionId,
  titleId,
  type ArrayFieldItemTemplateProps,
  type ArrayFieldTemplateProps,
  type ObjectFieldTemplateProps,
} from '@rjsf/utils';
import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { Button, IconButton } from '@/ui';
import { Description } from './field';
import { useDemands } from './words';

/** A heading for several fields. */
function Legend({ id, title, required, end }: { id: string; title: string; required?: boolean; end?: ReactNode }) {
  const { t } = useTranslation('schema-form');
  return (
    <div className="flex min-h-6 items-center gap-2">
      <span id={id} className="min-w-0 text-sm font-medium break-words">
        <bdi>{title}</bdi>
        {required && (
          <span aria-hidden title={t('required')} className="ms-0.5 text-bad">
            *
          </span>
        )}
      </span>
      {end}
    </div>
  );
}

/** Fields that belong together; below the top with a line at their side. */
export function ObjectTemplate({ title, description, properties, required, disabled, readonly, schema, uiSchema, fieldPathId, onAddProperty, optionalDataControl, ...rest }: ObjectFieldTemplateProps) {
  const { t } = useTranslation('schema-form');
  const isTop = fieldPathId.path.length === 0;
  const last = fieldPathId.path.at(-1);
  // Left out as a whole: there is nothing to add to.
  const formData: unknown = rest.formData;
  const canAdd = Boolean(canExpand(schema, uiSchema, formData as object)) && !(optionalDataControl && formData === undefined);
  const isNamed = !isTop && typeof last === 'string' && title !== '';
  const fields = (
    <>
      {properties.map((property) => property.content)}
      {canAdd && (
        <Button size="sm" icon={<Plus className="size-3.5" />} disabled={disabled || readonly} onClick={onAddProperty} className="self-start">
          {t('addEntry')}
        </Button>
      )}
    </>
  );
  if (isTop && properties.length === 0 && !canAdd) return <p className="text-sm text-muted">{t('nothing')}</p>;
  if (isTop) return <div className="flex min-w-0 flex-col gap-5">{fields}</div>;
  return (
    <div role="group" id={fieldPathId.$id} tabIndex={-1} aria-labelledby={isNamed ? titleId(fieldPathId) : undefined} className="flex min-w-0 flex-col gap-2">
      {isNamed && <Legend id={titleId(fieldPathId)} title={title} required={required} end={optionalDataControl} />}
      {typeof description === 'string' && description !== '' && <Description id={descriptionId(fieldPathId)} text={description} />}
      {(properties.length > 0 || canAdd) && (
        <div className={cn('flex min-w-0 flex-col gap-4', isNamed && 'border-s-2 border-line ps-3')}>{fields}</div>
      )}
    </div>
  );
}

/** A list: its entries one below the other, each can be moved and taken out. */
export function ListTemplate({ title, items, canAdd, required, disabled, readonly, schema, uiSchema, fieldPathId, onAddClick, rawErrors, optionalDataControl }: ArrayFieldTemplateProps) {
  const { t } = useTranslation('schema-form');
  const demands = useDemands()(schema);
  const isNamed = typeof fieldPathId.path.at(-1) === 'string' && uiSchema?.['ui:label'] !== false;
  return (
    <div role="group" id={fieldPathId.$id} tabIndex={-1} aria-labelledby={isNamed ? titleId(fieldPathId) : undefined} className="flex min-w-0 flex-col gap-2">
      {isNamed && <Legend id={titleId(fieldPathId)} title={title} required={required} end={optionalDataControl} />}
      {schema.description && <Description id={descriptionId(fieldPathId)} text={schema.description} />}
      {items.length > 0 && <ol className={cn('flex min-w-0 flex-col gap-2', rawErrors && 'border-bad')}>{items}</ol>}
      <div className="flex flex-wrap items-center gap-3">
        {canAdd && (
          <Button size="sm" icon={<Plus className="size-3.5" />} disabled={disabled || readonly} onClick={(event) => (onAddClick as (event: unknown) => void)(event)}>
            {t('addItem')}
          </Button>
        )}
        {items.length === 0 && <span className="text-xs text-faint">{t('noItems')}</span>}
        {demands && <span className="text-xs text-faint">{demands}</span>}
      </div>
    </div>
  );
}

export function ListItemTemplate({ children, buttonsProps, index, disabled, readonly }: ArrayFieldItemTemplateProps) {
  const { t } = useTranslation('schema-form');
  const { hasMoveUp, hasMoveDown, hasRemove, totalItems } = buttonsProps;
  const off = disabled || readonly;
  const number = index + 1;
  const call = (handler: unknown) => (event: unknown) => (handler as (event: unknown) => void)(event);
  return (
    <li className="flex min-w-0 items-start gap-2">
      <span aria-hidden className="w-5 shrink-0 pt-1.5 text-end font-mono text-2xs text-faint tabular-nums">
        {number}
      </span>
      <div className="min-w-0 flex-1">{children}</div>
      <div className="flex shrink-0">
        {(hasMoveUp || hasMoveDown) && totalItems > 1 && (
          <>
            <IconButton label={t('moveUp', { number })} disabled={off || !hasMoveUp} onClick={call(buttonsProps.onMoveUpItem)} className="max-sm:hidden">
              <ArrowUp className="size-3.5" />
            </IconButton>
            <IconButton label={t('moveDown', { number })} disabled={off || !hasMoveDown} onClick={call(buttonsProps.onMoveDownItem)} className="max-sm:hidden">
              <ArrowDown className="size-3.5" />
            </IconButton>
          </>
        )}
        {hasRemove && (
          <IconButton label={t('removeItem', { number })} disabled={off} onClick={call(buttonsProps.onRemoveItem)}>
            <X className="size-4" />
          </IconButton>
        )}
      </div>
    </li>
  );
}
