import { pages } from '../src/pages.js';
import { performPages } from './support/perform-page.js';

// In a file of its own, so that it runs beside the READMEs.
performPages(pages().filter(({ path }) => path.startsWith('docs/')));
