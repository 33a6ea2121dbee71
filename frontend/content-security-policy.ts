/**
 * The policy the SPA is built to live under. `vite preview` sends it, so what needs more fails before it ships; the server sends the same.
 *
 * `style-src 'self'` needs no 'unsafe-inline', hash or nonce: src/theme/ProductTheme.tsx keeps Mantine from making `<style>` elements, and
 * React sets style properties through the CSSOM, which the policy does not govern (CSP3 §6.7.3: only markup attributes are).
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'self' https://chatgpt.com",
].join("; ");
