import { lazy, Suspense } from 'react';
import { Skeleton } from '@/ui';
import type { SchemaFormProps } from './schema-form';

const Lazy = lazy(() => import('./schema-form'));

/** Fields drawn from a JSON Schema. Loaded when it is first shown. */
export const SchemaForm = (props: SchemaFormProps) => (
  <Suspense fallback={<FormSkeleton />}>
    <Lazy {...props} />
  </Suspense>
);

/** Fields that are being loaded. */
export const FormSkeleton = () => (
  <div className="flex flex-col gap-4">
    {[0, 1, 2].map((at) => (
      <div key={at} className="flex flex-col gap-2">
        <Skeleton className="h-3.5 w-28" />
        <Skeleton className="h-8 w-full" />
      </div>
    ))}
  </div>
);
