using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ProviderAgent.Workloads;

/// <summary>What of nginx's configuration does not come from tenants.</summary>
/// <param name="Paths">Its files.</param>
/// <param name="Http">Where it listens for HTTP: address and port, or <c>unix:</c> and a path.</param>
/// <param name="Https">Where it listens for HTTPS.</param>
/// <param name="ErrorLog">File, or <c>stderr</c> where somebody else keeps what it says.</param>
/// <param name="Control">Socket on which it says which configuration it has.</param>
/// <param name="Workers">Processes that serve.</param>
/// <param name="OpenFiles">Files that each may have open.</param>
/// <param name="StreamGrace">How long old processes go on.</param>
/// <param name="HeaderTimeout">How long the head of a request may take.</param>
/// <param name="BodyTimeout">How long the body of a request may stand still.</param>
/// <param name="PerAddress">Connections from one address.</param>
/// <param name="PerRoute">Requests of one route at the same time.</param>
/// <param name="RedirectToHttps">Sends plain HTTP to HTTPS where there is a certificate.</param>
/// <param name="ChallengePort">Loopback port that answers the authority's questions; null for none.</param>
internal sealed record NginxSettings(
    NginxPaths Paths,
    string Http,
    string Https,
    string ErrorLog,
    string Control,
    int Workers,
    long OpenFiles,
    TimeSpan StreamGrace,
    TimeSpan HeaderTimeout,
    TimeSpan BodyTimeout,
    int PerAddress,
    int PerRoute,
    bool RedirectToHttps,
    int? ChallengePort);

/// <summary>Writes nginx's configuration. Pure: equal input gives equal text.</summary>
internal static class NginxConfig
{
    private const string Version = "@version@";

    // Sent by clients and believed by programs: set by us or taken away.
    private static readonly string[] Taken = ["Forwarded", "Proxy", "X-Forwarded-Server", "X-Forwarded-Prefix", "X-Original-URL", "X-Rewrite-URL", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP"];

    /// <summary>The whole file, and the name under which the instance reports that it has it.</summary>
    public static (string Text, string Version) Write(NginxSettings settings, IngressTable table)
    {
        var text = new StringBuilder(4_096 + (table.Routes.Count * 2_048));
        Head(text, settings);
        Fallback(text, settings, table);
        foreach (var route in table.Routes) Route(text, settings, route, table.Certificates);
        text.Append("}\n");
        var version = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 12));
        return (text.Replace(Version, version).ToString(), version);
    }

    private static void Head(StringBuilder text, NginxSettings settings)
    {
        var folder = NginxText.Path(settings.Paths.Folder);
        text.Append(CultureInfo.InvariantCulture, $$"""
            # Written by provider-agent, which puts it back when it is changed by hand.
            worker_processes {{settings.Workers}};
            worker_rlimit_nofile {{settings.OpenFiles}};
            worker_shutdown_timeout {{(int)settings.StreamGrace.TotalSeconds}}s;
            pid {{folder}}/nginx.pid;
            error_log {{settings.ErrorLog}} crit;
            events { worker_connections {{settings.OpenFiles / 2}}; }
            http {
              access_log off;
              server_tokens off;
              default_type application/octet-stream;
              client_body_temp_path {{folder}}/temp-body;
              proxy_temp_path {{folder}}/temp-proxy;
              fastcgi_temp_path {{folder}}/temp-fastcgi;
              uwsgi_temp_path {{folder}}/temp-uwsgi;
              scgi_temp_path {{folder}}/temp-scgi;
              server_names_hash_max_size 65536;
              server_names_hash_bucket_size 512;
              variables_hash_bucket_size 128;
              client_header_timeout {{Milliseconds(settings.HeaderTimeout)}}ms;
              client_body_timeout {{Milliseconds(settings.BodyTimeout)}}ms;
              send_timeout 30s;
              keepalive_timeout 60s;
              keepalive_requests 10000;
              reset_timedout_connection on;
              client_header_buffer_size 2k;
              large_client_header_buffers 4 16k;
              client_body_buffer_size 16k;
              underscores_in_headers off;
              limit_conn_zone $binary_remote_addr zone=address:10m;
              limit_conn_zone $pa_route zone=route:10m;
              limit_conn address {{settings.PerAddress}};
              limit_conn route {{settings.PerRoute}};
              limit_conn_status 429;
              limit_conn_log_level info;
              uninitialized_variable_warn off;
              ssl_protocols TLSv1.2 TLSv1.3;
              ssl_session_cache shared:tls:10m;
              ssl_session_timeout 1h;
              ssl_session_tickets off;
              # Without an Upgrade nothing is sent, so that connections to replicas are kept.
              map $http_upgrade $pa_connection { default upgrade; '' ''; }
              proxy_http_version 1.1;
              proxy_connect_timeout 5s;
              # Nothing of a tenant's traffic is written to this host's disk.
              proxy_request_buffering off;
              proxy_max_temp_file_size 0;
              # No answer of a tenant is changed, and none steers this proxy.
              proxy_redirect off;
              proxy_ignore_headers X-Accel-Redirect X-Accel-Charset X-Accel-Limit-Rate X-Accel-Expires;
              proxy_set_header Host $http_host;
              proxy_set_header Connection $pa_connection;
              proxy_set_header Upgrade $http_upgrade;
              proxy_set_header X-Real-IP $remote_addr;
              proxy_set_header X-Forwarded-For $remote_addr;
              proxy_set_header X-Forwarded-Proto $scheme;
              proxy_set_header X-Forwarded-Host $http_host;
              proxy_set_header X-Forwarded-Port $server_port;

            """);
        foreach (var header in Taken) text.Append(CultureInfo.InvariantCulture, $"  proxy_set_header {header} '';\n");
        text.Append(CultureInfo.InvariantCulture, $$"""
              server {
                listen unix:{{NginxText.Path(settings.Control)}};
                default_type text/plain;
                location = /version { return 200 {{Version}}; }
                location / { return 404; }
              }

            """);
    }

    /// <summary>What answers for host names that nobody has.</summary>
    private static void Fallback(StringBuilder text, NginxSettings settings, IngressTable table)
    {
        text.Append(CultureInfo.InvariantCulture, $"  server {{\n    listen {settings.Http} default_server;\n    server_name _;\n    set $pa_route '';\n");
        Challenge(text, settings, tenant: null);
        text.Append("    location / { default_type text/html; return 404 '<!doctype html><title>Not found</title><p>There is nothing under this name.\\n'; }\n  }\n");
        if (table.Certificates.Count == 0) return;
        // A name without a certificate of its own must not be answered with somebody else's.
        text.Append(CultureInfo.InvariantCulture, $"  server {{\n    listen {settings.Https} ssl default_server;\n    server_name _;\n    ssl_reject_handshake on;\n  }}\n");
    }

    private static void Route(StringBuilder text, NginxSettings settings, IngressRoute route, IReadOnlyDictionary<string, ServingCertificate> certificates)
    {
        var name = NginxText.RouteName(route);
        if (route.Upstreams.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"  upstream {name} {{\n");
            foreach (var replica in route.Upstreams) text.Append(CultureInfo.InvariantCulture, $"    server {replica} max_fails=3 fail_timeout=5s;\n");
            // A kept connection that the replica has just closed counts as an error, which only a second try hides.
            if (NginxText.NextCases(route.Http).Split(' ').Contains("error")) text.Append("    keepalive 32;\n");
            text.Append("  }\n");
        }

        foreach (var group in route.Hosts.GroupBy(host => certificates.GetValueOrDefault(host)))
        {
            var certificate = group.Key;
            text.Append(CultureInfo.InvariantCulture, $"  server {{\n    listen {settings.Http};\n");
            if (certificate is not null)
            {
                text.Append(CultureInfo.InvariantCulture, $"    listen {settings.Https} ssl;\n    ssl_certificate {NginxText.Path(settings.Paths.CertificateFile(certificate))};\n");
                text.Append(CultureInfo.InvariantCulture, $"    ssl_certificate_key {NginxText.Path(settings.Paths.KeyFile(certificate))};\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"    server_name {string.Join(' ', group.Select(NginxText.Host))};\n    set $pa_route {name};\n");
            text.Append(CultureInfo.InvariantCulture, $"    client_max_body_size {NginxText.BodySize(route.Http)};\n");
            text.Append("    error_page 502 =503 @away;\n");
            Challenge(text, settings, route.Upstreams.Count > 0 ? name : null);
            Tenant(text, settings, route, name, isRedirected: certificate is not null && settings.RedirectToHttps);
            text.Append("    location @away { internal; default_type text/html; add_header Retry-After 5 always; return 503 '<!doctype html><title>Not available</title><p>This service is not running at the moment.\\n'; }\n  }\n");
        }
    }

    private static void Tenant(StringBuilder text, NginxSettings settings, IngressRoute route, string name, bool isRedirected)
    {
        var http = route.Http;
        if (route.Upstreams.Count > 0)
        {
            var buffer = NginxText.BufferSize(http);
            text.Append(CultureInfo.InvariantCulture, $$"""
                    proxy_read_timeout {{NginxText.TimeoutSeconds(http.ReadTimeout)}}s;
                    proxy_send_timeout {{NginxText.TimeoutSeconds(http.SendTimeout)}}s;
                    proxy_next_upstream {{NginxText.NextCases(http)}};
                    proxy_next_upstream_tries {{NginxText.NextTries(http)}};
                    proxy_next_upstream_timeout {{NginxText.NextTimeoutSeconds(http)}}s;
                    proxy_buffer_size {{buffer}};
                    proxy_buffers 4 {{buffer}};
                    proxy_busy_buffers_size {{2 * buffer}};

                """);
        }

        text.Append("    location / {\n");
        if (isRedirected) text.Append(CultureInfo.InvariantCulture, $"      if ($scheme = http) {{ return 308 https://$host{HttpsPort(settings.Https)}$request_uri; }}\n");
        text.Append(route.Upstreams.Count > 0 ? $"      proxy_pass http://{name};\n    }}\n" : "      return 502;\n    }\n");
    }

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;

    private static string HttpsPort(string listener) => System.Net.IPEndPoint.TryParse(listener, out var address) && address.Port != 443 ? string.Create(CultureInfo.InvariantCulture, $":{address.Port}") : "";

    /// <summary>The authority's question goes to the program that asked for the certificate; one that it does not know is the tenant's own affair.</summary>
    private static void Challenge(StringBuilder text, NginxSettings settings, string? tenant)
    {
        if (settings.ChallengePort is not { } port) return;
        text.Append(CultureInfo.InvariantCulture, $$"""
                location ^~ /.well-known/acme-challenge/ {
                  proxy_pass http://127.0.0.1:{{port}};
                  proxy_next_upstream off;
                  proxy_intercept_errors on;
                  error_page 400 403 404 405 500 502 503 504 = @tenant;
                }
                location @tenant { {{(tenant is null ? "return 404;" : $"proxy_pass http://{tenant};")}} }

            """);
    }
}
