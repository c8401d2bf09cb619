/** The path of a URL as Go's net/url keeps it: decoded, and as it was written where that is not how Go would write it. */
import { cleanPath, decodedPath, encodedPath } from './request-path';

export interface GoPath {
  /** Decoded. */
  readonly path: string;
  /** Empty where encoding `path` gives what was written. */
  readonly raw: string;
}

/** url.URL.setPath. */
export function goPath(encoded: string): GoPath {
  const path = decodedPath(encoded);
  return { path, raw: encoded === encodedPath(path) ? '' : encoded };
}

/** url.URL.EscapedPath: what was written counts as long as it is an encoding of the path. */
export function escapedPath({ path, raw }: GoPath): string {
  const isValid = /^(?:[\w.~!$&'()*+,;=:@[\]/-]|%[\da-f]{2})+$/i.test(raw);
  return isValid && decodedPath(raw) === path ? raw : encodedPath(path);
}

/** url.URL.JoinPath without elements: `//`, `.` and `..` resolved in what is written. */
export function cleanedGoPath(path: GoPath): GoPath {
  return goPath(cleanPath(escapedPath(path)));
}
