-- What Supabase grants by default on everything created in schema public.
GRANT USAGE ON SCHEMA public TO anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE portal IN SCHEMA public
    GRANT ALL ON TABLES TO anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE portal IN SCHEMA public
    GRANT ALL ON FUNCTIONS TO anon, authenticated, service_role;
