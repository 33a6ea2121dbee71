/** Checks made before asking the server, which checks again and has the last word. Each returns what is wrong, or null. */

export function requireEmail(value: string): string | null {
  return /^\S+@\S+$/.test(value.trim()) ? null : "Enter an e-mail address, such as you@example.com.";
}

export function requireText(message: string): (value: string) => string | null {
  return (value) => (value.trim() === "" ? message : null);
}

/** NIST SP 800-63B-4 §3.1.1: length is what counts. */
export const PASSWORD_MIN = 12;

export function requireNewPassword(value: string): string | null {
  return Array.from(value).length >= PASSWORD_MIN ? null : `Use at least ${String(PASSWORD_MIN)} characters.`;
}
