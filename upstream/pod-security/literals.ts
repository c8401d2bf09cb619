/** Names of what is secret: the last words of a name tell, `DB_PASSWORD`, `api-key`, `clientSecret`. */
const SECRET_NAME =
  /(^|[_.-])(password|passwd|passphrase|pwd|secret|token|api[_.-]?key|apikey|credentials?|client[_.-]?secret)$/;

/** `DATABASE_PASS`, `REDIS_AUTH`: words that mean other things too, so the value has to look like a secret. */
const SECRET_WORD = /(^|[_.-])(pass|auth|pgpassword|requirepass|masterauth|bearer)$/;
/** `STRIPE_KEY`, `signing-key`: many keys are names of fields. */
const KEY_NAME = /[a-z0-9][_.-]key$/;
/** Keys that are no secrets. */
const PUBLIC_KEY =
  /(^|[_.-])(public|host|sort|partition|primary|foreign|cache|lookup|group|label|annotation|config|map|s3|object|row|hash|routing|index|tls|ssl|file)[_.-]?key$/;

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
  ['a JSON Web Token', /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/],
  ['a bearer token', /\bBearer\s+(?![$<{*])[A-Za-z0-9._~+/-]{16,}=*/i],
  ['a password for Redis', /^\s*(?:requirepass|masterauth)\s+(?!["']?[$<{*]|["']?replace[-_])"?[^\s"$]+/m],
  ['a password in a URL', /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@$]*:(?![$<{*])[^\s/@$]+@[^\s]/],
];

/** What secret a named value is, if it is one: `a password in a URL`. */
export function literalSecretsIn(name: string, value: string): string | undefined {
  const found = SECRET_VALUES.find(([, pattern]) => pattern.test(value.slice(0, 100_000)));
  if (found) return found[0];
  const said = words(name);
  const isSecret =
    (SECRET_NAME.test(said) && looksSecret(value)) ||
    (SECRET_WORD.test(said) && looksSecret(value) && !isChoice(value)) ||
    (KEY_NAME.test(said) && !PUBLIC_KEY.test(said) && looksSecret(value) && looksRandom(value));
  return isSecret ? `the value of ${name}` : undefined;
}

/** `basic`, `none`, `true`, `30s`: one of the words that such a setting takes. */
function isChoice(value: string): boolean {
  return /^(basic|digest|bearer|oauth2?|oidc|ldap|token|jwt|scram.*|plain|md5|trust|cert|mtls|tls|internal|external|native|simple|anonymous|\d+[a-z]*)$/i.test(
    value.trim(),
  );
}

/** Letters and digits in one word, or many letters of both sizes: not the name of a field. */
function looksRandom(value: string): boolean {
  const text = value.trim();
  if (!/^[A-Za-z0-9+/=_.:-]{8,}$/.test(text)) return false;
  return /\d/.test(text) && /[A-Za-z]/.test(text) && !/^[a-z]+([-_.]?[a-z]+)*[-_.]?v?\d{0,2}$/.test(text);
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
