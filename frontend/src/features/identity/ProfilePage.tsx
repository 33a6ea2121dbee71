import { Radio, useMantineColorScheme } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { LinkButton } from "@/components/ui/LinkButton";
import { PageHeader } from "@/components/ui/PageHeader";
import { PageSection } from "@/components/ui/PageSection";
import { ServiceAvatar } from "@/components/ui/ServiceAvatar";
import { paths } from "@/paths";

import { OwnAccountsSection } from "../connections/OwnAccountsSection";
import { labelOf } from "../workspaces/roles";
import { EmailAddress } from "./EmailAddress";
import { NameForm } from "./NameForm";
import { PasswordForm } from "./PasswordForm";
import classes from "./ProfilePage.module.css";
import { useSession } from "./session";
import { SessionsTable } from "./SessionsTable";

export function ProfilePage() {
  const { user } = useSession();
  if (!user) return null; // Signing out: the next page is on its way.
  return (
    <>
      <PageHeader title="Profile" description="Your account, the same in every workspace." />
      <PageSection title="Name" words="Others in your workspaces see it, and the audit keeps it.">
        <NameForm key={user.name} name={user.name} />
      </PageSection>
      <PageSection title="E-mail" words="You sign in with it. A confirmed address lets you reset your password and connect apps.">
        <EmailAddress user={user} />
      </PageSection>
      <PageSection title="Password" words="Changing it signs you out everywhere else. Apps that you authorized stay.">
        <PasswordForm email={user.email} />
      </PageSection>
      <PageSection title="Appearance" words="Kept in this browser.">
        <Theme />
      </PageSection>
      <PageSection title="Sessions" words="The browsers in which you are signed in." isWide>
        <SessionsTable />
      </PageSection>
      <OwnAccountsSection />
      <PageSection title="Workspaces" words="Connections, people and rules belong to one.">
        <Workspaces />
      </PageSection>
    </>
  );
}

const THEMES = [
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
  { value: "auto", label: "As the system" },
] as const;

function Theme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  return (
    <Radio.Group
      aria-label="Theme"
      value={colorScheme}
      onChange={(value) => {
        setColorScheme(value);
      }}
    >
      <div className={classes.themes}>
        {THEMES.map(({ value, label }) => (
          <Radio key={value} value={value} label={label} />
        ))}
      </div>
    </Radio.Group>
  );
}

function Workspaces() {
  const { workspaces } = useSession();
  return (
    <>
      <ul className={classes.workspaces}>
        {workspaces.map(({ slug, name, role }) => (
          <li key={slug}>
            <ServiceAvatar name={name} size="sm" />
            <Link to={paths.overview({ workspace: slug })}>{name}</Link>
            <span className={classes.quiet}>{labelOf(role)}</span>
          </li>
        ))}
      </ul>
      <LinkButton to={paths.newWorkspace()} variant="default">
        Create another workspace
      </LinkButton>
    </>
  );
}
