import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { backendsQuery } from '@/api/queries';
import { noteLatencies } from './latency';

/** News tell when a state changes; latency and time of the last check are read anew this often. */
const LOOK_MS = 15_000;

/** All backends, with checks that stay fresh while they are looked at. */
export function useBackends() {
  const query = useQuery({ ...backendsQuery, refetchInterval: LOOK_MS });
  useEffect(() => {
    if (query.data) noteLatencies(query.data);
  }, [query.data]);
  return query;
}
