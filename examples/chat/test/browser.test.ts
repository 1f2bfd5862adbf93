import { browserAvailable, launchChromium } from '@postern/browser';
import type { Browser } from 'puppeteer-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Program } from '../../shared/test/support/program.js';
import { Visitor } from './support/visitor.js';

describe.skipIf(!browserAvailable('chromium'))('the chat in Chromium', { timeout: 30_000 }, () => {
  let program: Program;
  let browser: Browser;
  let url: string;

  beforeEach(async () => {
    program = new Program(new URL('../server.mjs', import.meta.url));
    [browser, url] = await Promise.all([launchChromium(), program.url()]);
  });
  afterEach(async () => {
    program.kill();
    await browser.close();
  });

  const arrive = () => Visitor.arrive(browser, url);

  test('two people talk, and see each other come and go', async () => {
    const ada = await arrive();
    await ada.comeIn('Ada');
    await ada.reads('You come in as Ada. Nobody is here yet');
    const grace = await arrive();
    await grace.comeIn('Grace');
    await grace.reads('You come in as Grace. Here: Ada');
    await ada.reads('Grace comes in');
    expect(await ada.people()).toEqual(['Ada', 'Grace']);
    expect(await grace.people()).toEqual(['Grace', 'Ada']);

    await ada.say('Good evening 👋');
    await grace.reads('Ada: Good evening 👋');
    await grace.say('<b>Who goes there?</b>');
    await ada.reads('Grace: <b>Who goes there?</b>');
    expect(await ada.lineCount()).toBe(2);
    expect(await grace.lineCount()).toBe(2);

    await grace.say('exit');
    await grace.sees('#why', 'You have left (1000).');
    await ada.reads('Grace goes');
    expect(await ada.people()).toEqual(['Ada']);
    expect([...ada.complaints, ...grace.complaints]).toEqual([]);
  });

  test('a name that somebody has is refused, in words, until it is free again', async () => {
    const ada = await arrive();
    await ada.comeIn('Ada');
    const other = await arrive();
    await other.ask('ADA');
    await other.sees('#told', 'Ada is here already. Take another name.');
    await ada.press('Leave');
    await ada.sees('#why', 'You have left (1000).');
    await other.comeIn('ADA');

    await ada.press('Come in again');
    await ada.sees('#told', 'ADA is here already. Take another name.');
    await ada.comeIn('Ada Lovelace');
    await other.reads('Ada Lovelace comes in');
    expect(await other.people()).toEqual(['ADA', 'Ada Lovelace']);
  });

  test('the server says goodbye, and the page says so', async () => {
    const ada = await arrive();
    await ada.comeIn('Ada');
    program.signal('SIGTERM');
    await ada.sees('#why', 'The inn has closed (1001).');
    expect(await program.ended()).toBe(0);
    await ada.press('Come in again');
    await ada.sees('#told', 'Nobody answers the door.');
  });

  test('needs no mouse, and no more room than a telephone has', async () => {
    const ada = await arrive();
    await ada.page.setViewport({ width: 320, height: 568 });
    await ada.page.keyboard.type('Ada\n');
    await ada.reads('You come in as Ada. Nobody is here yet');
    await ada.page.keyboard.type(`${'long'.repeat(40)}\n`);
    await ada.reads(`You: ${'long'.repeat(40)}`);
    expect(await ada.page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await ada.page.keyboard.type('exit\n');
    await ada.sees('#why', 'You have left (1000).');
    await ada.page.keyboard.press('Enter');
    await ada.page.waitForSelector('#controls:not([hidden])');
  });
});
