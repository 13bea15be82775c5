import { defineConfig } from 'vitest/config';

// In a real browser, against the real binary: `npm run e2e`. One hub and one browser at a time fit the machine.
export default defineConfig({
  test: {
    include: ['e2e/**/*.test.ts'],
    environment: 'node',
    fileParallelism: false,
    // Machines that build are shared; a test that passes only the second time is shown as such, and is a fault to be found.
    retry: process.env.CI ? 1 : 0,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
