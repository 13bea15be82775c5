import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { licences } from './scripts/licences.ts';

// The hub that the development server talks to.
const hub = process.env.JACKFIELD_HUB ?? 'http://127.0.0.1:7410';
const toHub = { target: hub, changeOrigin: true, headers: { origin: hub } };

// Git keeps the folder, because cargo watches it (see crates/server/build.rs).
const keepFolder: Plugin = {
  name: 'keep-folder',
  apply: 'build',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: '.gitignore', source: '*\n!.gitignore\n' });
  },
};

export default defineConfig({
  // Addresses in the page are relative; the hub puts its base path in front when it serves index.html.
  base: './',
  // Several development servers on one tree each need their own.
  cacheDir: process.env.VITE_CACHE ?? 'node_modules/.vite',
  plugins: [react(), tailwindcss(), licences(), keepFolder],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  worker: { format: 'es' },
  build: {
    target: 'baseline-widely-available',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // data: addresses would need font-src and worker-src to be wider than 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    chunkSizeWarningLimit: 700,
  },
  server: {
    strictPort: true,
    proxy: { '/api': toHub, '/sign-in': toHub, '/v1': toHub, '/healthz': toHub, '/readyz': toHub, '/metrics': toHub },
  },
});
