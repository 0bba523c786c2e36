-- Two roles in Consentry's database: consentry_migrate owns the tables and changes them, consentry (the servers) reads and
-- writes rows and can change no table. Run it as a superuser in that database, before the first `consentry migrate`; more than once does no harm:
--   psql --dbname=consentry --set=ON_ERROR_STOP=1 --file=roles.sql
-- Then give each a password: \password consentry_migrate and \password consentry. Where one role has done both so far, its
-- tables change owner here; give its name in place of consentry where it has another.

do $$
begin
  if not exists (select from pg_roles where rolname = 'consentry_migrate') then
    create role consentry_migrate login;
  end if;
  if not exists (select from pg_roles where rolname = 'consentry') then
    create role consentry login;
  end if;
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to consentry_migrate, consentry', current_database());
end
$$;

reassign owned by consentry to consentry_migrate;
revoke all on schema public from public;
revoke all on schema public from consentry;
grant usage, create on schema public to consentry_migrate;
grant usage on schema public to consentry;

grant select, insert, update, delete on all tables in schema public to consentry;
alter default privileges for role consentry_migrate in schema public
  grant select, insert, update, delete on tables to consentry;
-- A backup reads how far they have come.
grant select on all sequences in schema public to consentry;
alter default privileges for role consentry_migrate in schema public
  grant select on sequences to consentry;
