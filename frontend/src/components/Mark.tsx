/** The product's mark: a mallard's head with its white collar. Decorative: the name stands beside it or on the link around it. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="var(--ck-accent)" aria-hidden>
      <path
        fillRule="evenodd"
        d="M10 2a6.5 6.5 0 0 1 6.3 4.9l4.9 1.1a1.7 1.7 0 0 1 .2 3.3l-3.2 1.2c-.9.3-1.8.4-2.7.2A8 8 0 0 0 14.2 15.3H5.2V14C4.2 12.3 3.5 10.5 3.5 8.5A6.5 6.5 0 0 1 10 2ZM11.5 6a1.2 1.2 0 1 0 0 2.4 1.2 1.2 0 0 0 0-2.4Z"
      />
      <path d="M5.2 17.2h9c.1 2 .9 3.5 2.3 4.8H7.2a2 2 0 0 1-2-2Z" />
    </svg>
  );
}
