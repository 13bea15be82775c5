import { SkeletonRows } from '@/ui';

/** While the chunk of a page is on its way. */
export function RoutePending() {
  return (
    <div className="flex h-full flex-col">
      <div className="h-14 shrink-0 border-b bg-surface" />
      <SkeletonRows />
    </div>
  );
}
