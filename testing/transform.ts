import { createHash } from 'node:crypto';
import { transformSync } from 'esbuild';

/** A transformer for Jest, `transform: { '^.+\\.ts$': 'strata/testing/transform' }`: TypeScript without a look at its types. */
export default {
  process(source: string, path: string): { readonly code: string } {
    const { code } = transformSync(source, {
      loader: 'ts',
      format: 'cjs',
      target: 'node20',
      sourcefile: path,
      sourcemap: 'inline',
    });
    return { code };
  },

  /** What Jest keeps a transformed file by. */
  getCacheKey(source: string, path: string): string {
    return createHash('sha256').update(`strata 1\0${path}\0${source}`).digest('hex');
  },
};
