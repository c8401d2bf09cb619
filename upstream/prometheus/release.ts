/** A version of Prometheus as far as its configuration depends on it. */
export interface Version {
  readonly major: number;
  readonly minor: number;
}

/** What is known of the Prometheus that reads a file. What is absent is not known. */
export interface Release {
  readonly version?: Version;
  /** The names that `--enable-feature` has. */
  readonly features?: ReadonlySet<string>;
  /** `--agent` (before 3.0 a feature): it scrapes and writes to others, and evaluates nothing. */
  readonly agent?: boolean;
  /** The newest version of which all fields are known, where it is not Prometheus that reads. */
  readonly newest?: Version;
}

/** The newest Prometheus of which the tables here know all fields and functions. */
export const NEWEST_PROMETHEUS: Version = { major: 3, minor: 16 };

/** The version that a tag or a version number begins with: `v2.53.1-distroless`. */
export function versionIn(text: string): Version | undefined {
  const parts = /^v?(\d{1,2})\.(\d{1,3})(?:\.\d+)?(?:[-+_].*)?$/.exec(text);
  return parts ? { major: Number(parts[1]), minor: Number(parts[2]) } : undefined;
}

/** Whether a release is certainly older than a major version; undefined where its version is not known. */
export function isOlderThan({ version }: Release, major: number): boolean | undefined {
  return version && version.major < major;
}

/** Whether the tables here hold all that a release knows: what they lack, it refuses. */
export function isKnown({ version, newest = NEWEST_PROMETHEUS }: Release): boolean {
  if (!version) return false;
  const { major, minor } = newest;
  return version.major < major || (version.major === major && version.minor <= minor);
}
