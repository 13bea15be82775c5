import { useEffect, useId, useState } from 'react';
import { Input } from '@/ui';
import { complete } from '../queries';

export interface CompletingInputProps {
  id: string;
  value: string;
  onChange: (value: string) => void;
  required: boolean;
  /** Whom to ask for proposals, and for what. */
  backend: string;
  what: { prompt?: string; uri_template?: string };
  argument: string;
  context: Record<string, string>;
  'aria-describedby'?: string;
}

const CALM_MS = 250;

/** A field for which the server proposes values. Without proposals, or when it has none, it is a plain field. */
export function CompletingInput({ id, value, onChange, required, backend, what, argument, context, ...rest }: CompletingInputProps) {
  const list = useId();
  const [focused, setFocused] = useState(false);
  const [proposals, setProposals] = useState<readonly string[]>([]);
  const asked = JSON.stringify([backend, what, argument, value, context]);
  useEffect(() => {
    if (!focused) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      complete(backend, what, argument, value, context, stop.signal).then(
        (answer) => setProposals(answer.values),
        // Proposals are a help: without them one types.
        () => setProposals([]),
      );
    }, CALM_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
    // `asked` stands for all that the question is made of.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [asked, focused]);
  return (
    <>
      <Input
        {...rest}
        id={id}
        list={list}
        dir="auto"
        required={required}
        value={value}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={list}>
        {proposals.map((proposal) => (
          <option key={proposal} value={proposal} />
        ))}
      </datalist>
    </>
  );
}
