-- Role and database of Label Studio; may run any number of times. It cannot connect to the project's own database.
-- Password: the environment variable LABEL_STUDIO_DATABASE_PASSWORD.
\getenv password LABEL_STUDIO_DATABASE_PASSWORD
SELECT 'CREATE ROLE labelstudio LOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'labelstudio') \gexec
ALTER ROLE labelstudio PASSWORD :'password';
SELECT 'CREATE DATABASE labelstudio OWNER labelstudio'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'labelstudio') \gexec
REVOKE CONNECT ON DATABASE labelstudio FROM PUBLIC;
SELECT format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', current_database()) \gexec
