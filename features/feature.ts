import type { Platform, PlatformFeature } from '../constructs/app/platform';
import { knownNames, StrataError } from '../model/errors';
import type { FeatureFacts } from '../model/target';

export interface FeatureSpec<Options extends object> extends FeatureFacts {
  readonly defaults: Options;
  /** Adds what the feature consists of. @default - nothing */
  apply?(platform: Platform, options: Options): void;
  /** Adds what follows from the whole, when every feature has been applied. @default - nothing */
  finish?(platform: Platform, options: Options): void;
}

/** Switches a feature on, with options beyond its defaults. */
export interface FeatureFactory<Options extends object> {
  (options?: Partial<Options>): PlatformFeature;
  readonly featureName: string;
  readonly facts: FeatureFacts;
}

/** Declares an optional capability. */
export function feature<Options extends object>(name: string, spec: FeatureSpec<Options>): FeatureFactory<Options> {
  const switchOn = (given: Partial<Options> = {}): PlatformFeature => {
    const unknown = Object.keys(given).find((key) => !(key in spec.defaults));
    if (unknown !== undefined) {
      throw new StrataError(`feature ${name}`, `has no option ${unknown}`, [
        `use an option that exists: ${knownNames(unknown, Object.keys(spec.defaults))}`,
      ]);
    }
    const options = { ...spec.defaults, ...given };
    return {
      name,
      options: options as Readonly<Record<string, unknown>>,
      facts: spec,
      apply: (platform) => spec.apply?.(platform, options),
      finish: (platform) => spec.finish?.(platform, options),
    };
  };
  return Object.assign(switchOn, { featureName: name, facts: spec });
}
