/** Four jacks and a cord. */
export function Logo({ className = 'size-6' }: { className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 32 32" className={className}>
      <rect width="32" height="32" rx="8" className="fill-accent-solid" />
      <g fill="none" stroke="#fff" strokeWidth="2.4" strokeLinecap="round">
        <circle cx="10" cy="10" r="3" />
        <circle cx="22" cy="22" r="3" />
        <path d="M13 10h3.5a5.5 5.5 0 0 1 5.5 5.5V19" />
      </g>
      <g fill="#c7d2fe">
        <circle cx="22" cy="10" r="2" />
        <circle cx="10" cy="22" r="2" />
      </g>
    </svg>
  );
}
