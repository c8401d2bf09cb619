import type { Delivery } from 'strata';
import { dev } from './dev';
import { prod } from './prod';
import { staging } from './staging';

/** The repository that holds the rendered tree, and who reads it. */
export const delivery = {
  repoUrl: 'https://git.example.com/platform/course-rendered.git',
  revision: 'main',
  folder: 'tree',
  argoNamespace: 'argocd',
  progressive: [dev, staging, prod],
  flux: { secret: 'course-rendered' },
  kubectl: true,
} as const satisfies Delivery;
