import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { root, texts, workspace } from "@/routing";

const pages = () => import("./identityRoutes");

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search) => ({ next: search.next as string | undefined }),
  component: lazyRouteComponent(pages, "SignInRoute"),
});

const signUp = createRoute({
  getParentRoute: () => root,
  path: "/sign-up",
  validateSearch: (search) => ({ next: search.next as string | undefined }),
  component: lazyRouteComponent(pages, "SignUpRoute"),
});

const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: "/forgot-password",
  component: lazyRouteComponent(pages, "ForgotPasswordRoute"),
});

const resetPassword = createRoute({
  getParentRoute: () => root,
  path: "/reset-password",
  validateSearch: (search) => ({ token: search.token as string | undefined }),
  component: lazyRouteComponent(pages, "ResetPasswordRoute"),
});

const verifyEmail = createRoute({
  getParentRoute: () => root,
  path: "/verify-email",
  validateSearch: (search) => ({ token: search.token as string | undefined }),
  component: lazyRouteComponent(pages, "VerifyEmailRoute"),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  validateSearch: (search) => texts(search, "token"),
  component: lazyRouteComponent(() => import("./InvitationRoute"), "InvitationRoute"),
});

const profile = createRoute({
  getParentRoute: () => workspace,
  path: "profile",
  component: lazyRouteComponent(() => import("./ProfilePage"), "ProfilePage"),
});

export const identityRootRoutes = [signIn, signUp, forgotPassword, resetPassword, verifyEmail, invitation] as const;
export const identityRoutes = [profile] as const;
