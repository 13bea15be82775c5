import { useParams, useSearch } from '@tanstack/react-router';
import { ToolDetail } from './detail/tool-detail';
import { OfferDetail } from './offers/offer-detail';
import { Workbench } from './workbench';

export function ToolsPage() {
  const search = useSearch({ from: '/tools' });
  return (
    <Workbench search={search} selected={search.item}>
      {search.tab && search.item && <OfferDetail key={search.item} tab={search.tab} item={search.item} />}
    </Workbench>
  );
}

export function ToolPage() {
  const { id } = useParams({ from: '/tools/$id' });
  const search = useSearch({ from: '/tools/$id' });
  return (
    <Workbench search={search} selected={id}>
      <ToolDetail key={id} id={id} view={search.view ?? 'call'} run={search.run} />
    </Workbench>
  );
}
