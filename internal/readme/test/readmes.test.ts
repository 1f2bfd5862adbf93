import { pages } from '../src/pages.js';
import { performPages } from './support/perform-page.js';

performPages(pages().filter(({ path }) => !path.startsWith('docs/')));
