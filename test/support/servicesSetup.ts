import type { TestProject } from 'vitest/node';
import { isListening, type ServiceName, serviceNames, urlOf } from './services.js';

/** Says which servers are not there; when none is, there is nothing to test, and that is a failure. */
export default async function setup(project: TestProject): Promise<void> {
  const missing: ServiceName[] = [];
  for (const name of serviceNames) {
    if (await isListening(urlOf(name))) continue;
    missing.push(name);
    console.warn(`skipped: ${name}, nobody listens at ${urlOf(name).host} (see docs/services.md)`);
  }
  if (missing.length === serviceNames.length) {
    throw new Error('all services are skipped: start one at least, docs/services.md says how');
  }
  project.provide('missingServices', missing);
}
