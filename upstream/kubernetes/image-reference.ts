/**
 * References of images as the kubelet parses them before it asks the container runtime: github.com/distribution/reference 0.6.0
 * (ParseNormalizedNamed) and github.com/opencontainers/go-digest 1.0.0, the versions that Kubernetes builds with.
 */

const DOMAIN_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = `(?:${DOMAIN_PART}(?:\\.${DOMAIN_PART})*|\\[(?:[a-fA-F0-9:]+)\\])(?::[0-9]+)?`;
const PATH_PART = '[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*';
const PATH = `${PATH_PART}(?:/${PATH_PART})*`;
const TAG = '[\\w][\\w.-]{0,127}';
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*[:][0-9A-Fa-f]{32,}';

const REFERENCE = new RegExp(`^((?:${DOMAIN}/)?${PATH})(?::(${TAG}))?(?:@(${DIGEST}))?$`);
const NAME = new RegExp(`^(?:(${DOMAIN})/)?(${PATH})$`);
const WHOLE_TAG = new RegExp(`^${TAG}$`);

/** Hexadecimal digits, in lower case, of each kind of digest. */
const DIGESTS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };
const MAX_PATH = 255;

/** What the kubelet has against a reference, as the end of "the reference …"; undefined where it parses. */
export function imageReferenceProblem(image: string): string | undefined {
  if (/^[a-f0-9]{64}$/.test(image)) return 'is 64 hexadecimal digits, which is an ID and no name';
  const { domain, remainder } = splitDomain(image);
  const [remote = ''] = remainder.split(':', 1);
  if (remote !== remote.toLowerCase()) return wrongSigns(image) ?? `has upper-case letters in the repository ${remote}`;
  const match = REFERENCE.exec(`${domain}/${remainder}`);
  if (!match) return wrongSigns(image) ?? 'is not [REGISTRY/]NAME[:TAG][@DIGEST]';
  const path = NAME.exec(match[1]!)?.[2] ?? match[1]!;
  if (path.length > MAX_PATH) return `has a repository of ${path.length} characters, more than ${MAX_PATH}`;
  return match[3] === undefined ? undefined : digestProblem(match[3]);
}

/** The registry, and what follows it; Docker Hub's where none is named. */
function splitDomain(image: string): { readonly domain: string; readonly remainder: string } {
  const slash = image.indexOf('/');
  if (slash < 0) return { domain: 'docker.io', remainder: `library/${image}` };
  const first = image.slice(0, slash);
  const rest = image.slice(slash + 1);
  const isDomain = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  const domain = !isDomain || first === 'index.docker.io' ? 'docker.io' : first;
  const remainder = isDomain ? rest : image;
  return { domain, remainder: domain === 'docker.io' && !remainder.includes('/') ? `library/${remainder}` : remainder };
}

function digestProblem(digest: string): string | undefined {
  const colon = digest.indexOf(':');
  const [algorithm, encoded] = [digest.slice(0, colon), digest.slice(colon + 1)];
  const digits = Object.hasOwn(DIGESTS, algorithm) ? DIGESTS[algorithm] : undefined;
  if (digits === undefined)
    return `has a digest by ${algorithm}, and only ${Object.keys(DIGESTS).join(', ')} are known`;
  return encoded.length === digits && /^[a-f0-9]*$/.test(encoded)
    ? undefined
    : `has a ${algorithm} digest that is not ${digits} hexadecimal digits in lower case`;
}

/** The sign or the part by which a reference that does not parse is wrong, as far as one can be named. */
function wrongSigns(image: string): string | undefined {
  if (image === '') return 'is empty';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(image)) return `begins with ${image.slice(0, image.indexOf('://') + 3)}`;
  if (/\s/.test(image)) return 'has white space';
  const at = image.indexOf('@');
  if (at >= 0) {
    const digest = image.slice(at + 1);
    if (!/^[A-Za-z][^:@]*:/.test(digest)) return `has no digest after @ (sha256:… is one)`;
    const problem = digestProblem(digest);
    if (problem) return problem;
  }
  const name = at >= 0 ? image.slice(0, at) : image;
  const last = name.slice(name.lastIndexOf('/') + 1);
  const tags = last.split(':').slice(1);
  if (tags.length > 1) return `has two tags (${tags.join(', ')})`;
  const [tag] = tags;
  if (tag === '') return 'has an empty tag';
  if (tag !== undefined && !WHOLE_TAG.test(tag))
    return `has the tag "${tag}", and a tag is up to 128 letters, digits, ".", "_" and "-", and begins with none of the last two`;
  return undefined;
}
