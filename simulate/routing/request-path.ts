/** Paths of requests as the proxies read them: Go's net/url and path, and nginx's normalised URI. */

/** Percent-encoded characters that keep their meaning only while they are encoded (RFC 3986, 2.2), and the percent sign itself. */
const RESERVED = new Set(":/?#[]@!$&'()*+,;=%");
const UNRESERVED = /^[\w.~-]$/;

/** `.`, `..` and empty elements resolved, the slash at the end kept (path.Join and URL.JoinPath of Go). */
export function cleanPath(path: string): string {
  const kept: string[] = [];
  for (const element of path.split('/')) {
    if (element === '' || element === '.') continue;
    if (element === '..') kept.pop();
    else kept.push(element);
  }
  const clean = `/${kept.join('/')}`;
  return path.endsWith('/') && clean !== '/' ? `${clean}/` : clean;
}

/** Elements joined and cleaned as Go's path.Join does: no slash at the end, empty elements left out. */
export function joinPath(...elements: readonly string[]): string {
  const joined = elements.filter((element) => element !== '').join('/');
  if (joined === '') return '';
  const clean = cleanPath(joined).replace(/(.)\/$/, '$1');
  return joined.startsWith('/') ? clean : clean.slice(1);
}

/** Each run of encoded characters, decoded where `wanted` says so; what stays encoded is in upper case. */
function decode(path: string, wanted: (character: string) => boolean): string {
  return path.replace(/(?:%[\da-f]{2})+/gi, (run) => {
    const bytes: number[] = [];
    let text = '';
    const flush = () => {
      text += Buffer.from(bytes).toString('utf8');
      bytes.length = 0;
    };
    for (const code of run.match(/%../g)!) {
      const byte = Number.parseInt(code.slice(1), 16);
      if (byte >= 0x80 ? wanted('é') : wanted(String.fromCharCode(byte))) {
        bytes.push(byte);
        continue;
      }
      flush();
      text += code.toUpperCase();
    }
    flush();
    return text;
  });
}

/** Everything decoded. */
export function decodedPath(path: string): string {
  return path.includes('%') ? decode(path, () => true) : path;
}

/**
 * What Traefik makes of the path before it looks at its routes, still encoded (server_entrypoint_tcp.go, normalizePath and
 * sanitizePath, on by default): unreserved characters are decoded, then `//`, `.` and `..` resolved.
 */
export function sanitizedPath(path: string): string {
  const normal = path.includes('%') ? decode(path, (character) => UNRESERVED.test(character)) : path;
  return cleanPath(normal);
}

/** What Traefik's rules compare: decoded, but for reserved characters (pkg/muxer/http/mux.go, withRoutingPath). */
export function comparedPath(sanitized: string): string {
  return sanitized.includes('%') ? decode(sanitized, (character) => !RESERVED.has(character)) : sanitized;
}

/** A decoded path as Go encodes it (net/url, escape with encodePath). */
export function encodedPath(decoded: string): string {
  // encodeURIComponent leaves !'()* alone, which Go encodes, and encodes $&+,/:;=@, which Go does not.
  return encodeURIComponent(decoded)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%(?:24|26|2B|2C|2F|3A|3B|3D|40)/g, (code) => decodeURIComponent(code));
}

/** What Envoy compares as Istio sets it up (normalize_path): unreserved characters decoded, `.` and `..` resolved; `//` stays. */
export function envoyPath(path: string): string {
  const slashes = path.replace(/\\/g, '/');
  const normal = slashes.includes('%') ? decode(slashes, (character) => UNRESERVED.test(character)) : slashes;
  if (!/\/\.{1,2}(?:\/|$)/.test(normal)) return normal;
  const kept: string[] = [];
  const elements = normal.split('/').slice(1);
  for (const [i, element] of elements.entries()) {
    const isLast = i === elements.length - 1;
    if (element === '..') kept.pop();
    else if (element !== '.') kept.push(element);
    if (isLast && (element === '..' || element === '.')) kept.push('');
  }
  return `/${kept.join('/')}`;
}

/** What nginx compares its locations with: decoded, then `//`, `.` and `..` resolved (merge_slashes is on by default). */
export function nginxPath(path: string): string {
  return cleanPath(decodedPath(path));
}

/** How nginx writes a URI that it has changed (ngx_escape_uri; a URI that it has not changed is handed on as it came). */
export function nginxEncodedPath(decoded: string): string {
  return decoded.replace(/[\u0000- "#%<>?\\^`{|}]|[^\u0000-\u007e]+/g, (text) =>
    [...Buffer.from(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
