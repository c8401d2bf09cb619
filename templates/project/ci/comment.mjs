// Puts a report on the pull request of GitHub, or the merge request of GitLab, that is being checked: as one comment, which the next
// report replaces. `node ci/comment.mjs REPORT.md NOTES.txt`, with an access token in TOKEN.
import { readFileSync } from 'node:fs';

/** How the comment is found again. */
const MARK = '<!-- strata diff -->';
/** Characters of the notes, such as what is refused, so that the report and this together are no longer than a comment may be. */
const LONGEST_NOTES = 4000;

const { env } = process;
const gitlab = {
  comments: `${env.CI_API_V4_URL}/projects/${env.CI_PROJECT_ID}/merge_requests/${env.CI_MERGE_REQUEST_IID}/notes`,
  urlOf: ({ id }) => `${gitlab.comments}/${id}`,
  update: 'PUT',
  headers: { 'PRIVATE-TOKEN': env.TOKEN },
};
const issues = `${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}/issues`;
const github = {
  comments: `${issues}/${env.PULL_REQUEST}/comments`,
  urlOf: ({ id }) => `${issues}/comments/${id}`,
  update: 'PATCH',
  headers: { authorization: `Bearer ${env.TOKEN}` },
};
const api = env.GITLAB_CI ? gitlab : github;

async function call(method, url, content) {
  const headers = { ...api.headers, 'content-type': 'application/json' };
  const response = await fetch(url, { method, headers, body: JSON.stringify(content) });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function commentBefore() {
  for (let page = 1; ; page += 1) {
    const comments = await call('GET', `${api.comments}?per_page=100&page=${page}`);
    const found = comments.find(({ body }) => body?.startsWith(MARK));
    if (found || comments.length < 100) return found;
  }
}

const [report, notes] = process.argv.slice(2).map((file) => readFileSync(file, 'utf8').trim());
const quoted = notes && ['~~~~', notes.slice(0, LONGEST_NOTES), '~~~~'].join('\n');
const body = [MARK, report, quoted].filter(Boolean).join('\n\n');
const before = await commentBefore();
if (before) await call(api.update, api.urlOf(before), { body });
else await call('POST', api.comments, { body });
