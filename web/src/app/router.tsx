import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { basePath } from '@/lib/base';
import { chatSearch } from '@/features/chat/search';
import { runSearch, runsSearch } from '@/features/runs/search';
import { backendSearch, backendsSearch } from '@/features/backends/search';
import { toolSearch, toolsSearch } from '@/features/tools/search';
import { NotFound, RouteError } from './route-error';
import { RoutePending } from './route-pending';
import { Shell } from './shell/shell';

// Each page is a chunk of its own, named in a `routes.ts` of its feature. What is in the address is checked by the
// feature's `search.ts`, which must stay small: it is part of the first load.

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
const under = () => root;

const home = createRoute({
  getParentRoute: under,
  path: '/',
  beforeLoad: () => {
    redirect({ to: '/chat', replace: true, throw: true });
  },
});

const chat = createRoute({
  getParentRoute: under,
  path: '/chat',
  validateSearch: chatSearch,
  component: lazyRouteComponent(() => import('@/features/chat/routes'), 'ChatPage'),
});

const conversation = createRoute({
  getParentRoute: under,
  path: '/chat/$id',
  validateSearch: chatSearch,
  component: lazyRouteComponent(() => import('@/features/chat/routes'), 'ChatPage'),
});

const runs = createRoute({
  getParentRoute: under,
  path: '/runs',
  validateSearch: runsSearch,
  component: lazyRouteComponent(() => import('@/features/runs/routes'), 'RunsPage'),
});

const run = createRoute({
  getParentRoute: under,
  path: '/runs/$id',
  validateSearch: runSearch,
  component: lazyRouteComponent(() => import('@/features/runs/routes'), 'RunPage'),
});

const backends = createRoute({
  getParentRoute: under,
  path: '/backends',
  validateSearch: backendsSearch,
  component: lazyRouteComponent(() => import('@/features/backends/routes'), 'BackendsPage'),
});

const backend = createRoute({
  getParentRoute: under,
  path: '/backends/$id',
  validateSearch: backendSearch,
  component: lazyRouteComponent(() => import('@/features/backends/routes'), 'BackendPage'),
});

const tools = createRoute({
  getParentRoute: under,
  path: '/tools',
  validateSearch: toolsSearch,
  component: lazyRouteComponent(() => import('@/features/tools/routes'), 'ToolsPage'),
});

const tool = createRoute({
  getParentRoute: under,
  path: '/tools/$id',
  validateSearch: toolSearch,
  component: lazyRouteComponent(() => import('@/features/tools/routes'), 'ToolPage'),
});

const inbox = createRoute({
  getParentRoute: under,
  path: '/inbox',
  component: lazyRouteComponent(() => import('@/features/inbox/routes'), 'InboxPage'),
});

const settings = createRoute({
  getParentRoute: under,
  path: '/settings',
  component: lazyRouteComponent(() => import('@/features/settings/routes'), 'SettingsPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([home, chat, conversation, runs, run, backends, backend, tools, tool, inbox, settings]),
  basepath: basePath || '/',
  defaultPreload: 'intent',
  defaultErrorComponent: RouteError,
  defaultPendingComponent: RoutePending,
  defaultPendingMs: 150,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
