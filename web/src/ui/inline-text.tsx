import { Fragment } from 'react';

/** A sentence of the hub, in which `code` stands between backticks. */
export function InlineText({ text }: { text: string }) {
  return text.split('`').map((piece, at) =>
    at % 2 === 0 ? (
      <Fragment key={at}>{piece}</Fragment>
    ) : (
      <code key={at} dir="ltr" className="rounded bg-hover px-1 font-mono text-[0.92em]">
        {piece}
      </code>
    ),
  );
}
