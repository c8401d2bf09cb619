/** Names of what is secret: the last words of a name tell, `DB_PASSWORD`, `api-key`, `clientSecret`. */
const SECRET_NAME =
  /(^|[_.-])(password|passwd|passphrase|pwd|secret|token|api[_.-]?key|apikey|access[_.-]?key|secret[_.-]?key|private[_.-]?key|signing[_.-]?key|encryption[_.-]?key|credentials?|client[_.-]?secret)$/;

/** Contents that are a secret under any name. */
const SECRET_VALUES: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})/],
  ['a GitLab token', /\bglpat-[A-Za-z0-9_-]{20,}/],
  ['a Slack token', /\bxox[abprs]-[A-Za-z0-9-]{10,}/],
  ['a Google API key', /\bAIza[0-9A-Za-z_-]{35}\b/],
  ['a payment key', /\b[sr]k_live_[0-9A-Za-z]{16,}/],
  // A password that is a variable of the pod, $(NAME) or ${NAME}, is none.
  ['a password in a URL', /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@$]*:(?![$<{*])[^\s/@$]+@[^\s]/],
];

/** What secret a named value is, if it is one: `a password in a URL`. */
export function literalSecretsIn(name: string, value: string): string | undefined {
  const found = SECRET_VALUES.find(([, pattern]) => pattern.test(value.slice(0, 100_000)));
  if (found) return found[0];
  return SECRET_NAME.test(words(name)) && looksSecret(value) ? `the value of ${name}` : undefined;
}

/** `clientSecret` and `CLIENT_SECRET` are the same words. */
function words(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

/** Not what only points to the secret, turns something on or off, or is there to be replaced. */
function looksSecret(value: string): boolean {
  const text = value.trim();
  if (text === '' || text.includes('\n')) return false;
  if (/^(true|false|yes|no|on|off|none|null|disabled|enabled|optional|required)$/i.test(text)) return false;
  // Variables, templates, references of tools that fill secrets in: vault:, op://, sm://, <path:…>.
  if (/\$[({]|\{\{|^[<%]|^\$\w|^(vault|op|ref\+\w+|sm|ssm|awssm|gcpsm|azurekv|secret|file):/i.test(text)) return false;
  // Paths of files, and addresses where one gets it.
  return !/^(\/|\.\/|~\/|https?:\/\/)/.test(text);
}
