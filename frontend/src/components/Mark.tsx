/** The product's mark: a mallard's head with its white collar. Decorative unless it stands alone with a `title`. */
export function Mark({ size = 22, title }: { size?: number; title?: string }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="var(--ck-accent)" role={title ? "img" : undefined} aria-hidden={!title}>
      {title && <title>{title}</title>}
      <path
        fillRule="evenodd"
        d="M9.8 2.4c3 0 5.4 2 6.1 4.7l5.3 1.3c1.7.4 1.8 2.8.1 3.3l-2 .6c-1.4.4-2.6.5-3.8.3-.4 1-.7 2-.7 3.1H3.9V8.6C3.9 5 6.5 2.4 9.8 2.4ZM11.4 6.4a1.15 1.15 0 1 0 0 2.3 1.15 1.15 0 0 0 0-2.3Z"
      />
      <path d="M3.9 17.5h11.2c.5 1.900 1.700 3 3.300 4.100H5.900a2 2 0 0 1-2-2Z" />
    </svg>
  );
}
