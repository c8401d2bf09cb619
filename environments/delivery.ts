import type { Delivery } from 'strata';

/** The repository that holds the rendered tree, and the Argo CD that reads it. */
export const delivery: Delivery = {
  repoUrl: 'https://git.example.com/platform/course-rendered.git',
  revision: 'main',
  folder: 'tree',
  argoNamespace: 'argocd',
};
