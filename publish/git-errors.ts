import { StrataError } from '../model/errors';

/** What git says, what it means, and what a person can do. The first that matches counts. */
const REASONS: readonly (readonly [pattern: RegExp, found: string, ...fixes: string[]])[] = [
  [
    /Please tell me who you are|unable to auto-detect email|empty ident name|no email was given|no name was given/i,
    'does not know who makes the commit',
    'set it once: git config --global user.name NAME, and user.email ADDRESS',
    'set GIT_AUTHOR_NAME and GIT_AUTHOR_EMAIL, as in CI',
  ],
  [
    /dubious ownership/i,
    'belongs to another user, and git does not work in it',
    'let its owner publish',
    'tell git that you trust it: git config --global --add safe.directory PATH',
  ],
  [
    /Unable to create '([^']+\.lock)': (?:File exists|Another git)/i,
    'is locked: $1 exists',
    'wait until the other git has ended',
    'remove the file, if no other git is running',
  ],
  [
    /Permission denied|insufficient permission|unable to create temporary|unpacker error|read-only file system|403|not allowed to push/i,
    'may not be written',
    'give yourself permission there',
    'publish to a copy: --repo URL --push',
  ],
  [
    /Authentication failed|could not read (?:Username|Password)|Permission denied \(publickey|401/i,
    'does not accept your credentials',
    'log in to it, as for git push',
  ],
  [
    /does not appear to be a git repository|GitOpsRepository not found|repository '[^']*' (?:not found|does not exist)|not a git repository/i,
    'is no git repository',
    'name the root of a clone, a bare repository, or a URL',
    'make one: git init --bare FOLDER',
  ],
  [
    /Could not resolve host|Connection refused|Connection timed out|unable to access|Could not read from remote/i,
    'cannot be reached',
    'check the URL and the network: git ls-remote URL',
  ],
  [
    /receiving end does not support --atomic/i,
    'cannot take several branches at once',
    'publish to one branch: --layout folders',
  ],
  [/bad object|corrupt|is empty|unable to read/i, 'is damaged', 'see what is broken: git fsck', 'clone it anew'],
  [/No space left/i, 'is on a disk that is full', 'free some space'],
];

const LONGEST = 600;

/** What git refused, in words. */
export function gitReason(place: string, command: string, stderr: string): StrataError {
  for (const [pattern, found, ...fixes] of REASONS) {
    const match = pattern.exec(stderr);
    if (match)
      return new StrataError(place, `${found.replace('$1', match[1] ?? '')} (git ${command}: ${said(stderr)})`, fixes);
  }
  return new StrataError(place, `git ${command} fails: ${said(stderr)}`, ['do what git says, and call strata again']);
}

/** What a server or a hook said while it refused a push. */
export function said(stderr: string): string {
  const lines = stderr
    .split(/[\n\r]/)
    .map((line) => line.trim())
    .filter(
      (line) => line !== '' && !/^(?:hint:|To |error: failed to push some refs|\d+%|Writing|Counting)/.test(line),
    );
  const text = lines.join('; ');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text || 'without a word';
}
