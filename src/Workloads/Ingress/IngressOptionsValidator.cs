using System.Net;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Workloads;

/// <summary>Checks the section <c>ingress</c> as a whole and names every mistake.</summary>
internal sealed class IngressOptionsValidator : IValidateOptions<IngressOptions>
{
    public ValidateOptionsResult Validate(string? name, IngressOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        Listener(options.Http, "ingress.http", errors);
        Listener(options.Https, "ingress.https", errors);
        if (options.Http == options.Https) errors.AddError($"must differ from ingress.http ({options.Http})", "ingress.https");
        foreach (var blocked in options.Blocked)
        {
            if (!HostName.IsSafe(blocked.StartsWith('.') ? blocked[1..] : blocked))
                errors.AddError($"'{blocked}' must be a host name in lower case such as www.example.com, or .example.com for all of a domain", "ingress.blocked");
        }

        foreach (var resolver in options.Resolvers)
        {
            if (!NameServers.TryParse(resolver, out _)) errors.AddError($"'{resolver}' must be an address such as 9.9.9.9 or 127.0.0.1:5353", "ingress.resolvers");
        }

        Between(options.StreamGrace, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), "ingress.stream_grace", errors);
        Between(options.ConnectionsPerAddress, 1, 1_000_000, "ingress.connections_per_address", errors);
        Between(options.ConnectionsPerRoute, 1, 1_000_000, "ingress.connections_per_route", errors);
        Between(options.HeaderTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), "ingress.header_timeout", errors);
        Between(options.BodyTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), "ingress.body_timeout", errors);
        Absolute(options.Nginx.Program, "ingress.nginx.program", errors);
        Absolute(options.Nginx.UnitDirectory, "ingress.nginx.unit_directory", errors);
        Tls(options.Tls, errors);
        return errors.Build();
    }

    private static void Tls(IngressTlsOptions tls, ValidateOptionsResultBuilder errors)
    {
        if (tls.Certificate.Length == 0 != (tls.Key.Length == 0)) errors.AddError("certificate and key are given together or not at all", "ingress.tls.key");
        if (tls.Certificate.Length > 0) Absolute(tls.Certificate, "ingress.tls.certificate", errors);
        if (tls.Key.Length > 0) Absolute(tls.Key, "ingress.tls.key", errors);
        var acme = tls.Acme;
        if (acme.Email.Length > 0 && (!acme.Email.Contains('@', StringComparison.Ordinal) || acme.Email[0] == '-' || acme.Email.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter))))
            errors.AddError($"'{acme.Email}' must be a mail address", "ingress.tls.acme.email");
        if (acme.Directory is null || acme.Directory.Scheme != Uri.UriSchemeHttps) errors.AddError("must be an https address", "ingress.tls.acme.directory");
        if (acme.Authority.Length > 0) Absolute(acme.Authority, "ingress.tls.acme.authority", errors);
        if (acme.Dns.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_'))) errors.AddError($"'{acme.Dns}' must be a name that 'lego dnshelp' lists", "ingress.tls.acme.dns");
        if (acme.DnsEnvironment.Length > 0) Absolute(acme.DnsEnvironment, "ingress.tls.acme.dns_environment", errors);
        if (acme.DnsEnvironment.Length > 0 && acme.Dns.Length == 0) errors.AddError("is of use only with ingress.tls.acme.dns", "ingress.tls.acme.dns_environment");
        Between(acme.RenewAhead, TimeSpan.FromHours(1), TimeSpan.FromDays(90), "ingress.tls.acme.renew_ahead", errors);
        Between(acme.ChallengePort, 1, ushort.MaxValue, "ingress.tls.acme.challenge_port", errors);
        Absolute(acme.Program, "ingress.tls.acme.program", errors);
    }

    private static void Listener(string text, string key, ValidateOptionsResultBuilder errors)
    {
        if (!IPEndPoint.TryParse(text, out var address) || address.Port == 0 || address.ToString() != text) errors.AddError($"'{text}' must be an address and a port, such as 0.0.0.0:80 or [::]:80", key);
    }

    // These names end up in the proxy's configuration, where blanks and quotes have a meaning.
    private static void Absolute(string path, string key, ValidateOptionsResultBuilder errors)
    {
        if (!NginxText.IsSafePath(path)) errors.AddError($"'{path}' must be an absolute path of letters, digits and / . _ - +", key);
    }

    private static void Between<T>(T value, T least, T most, string key, ValidateOptionsResultBuilder errors)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0) errors.AddError($"must be from {least} to {most}, was {value}", key);
    }
}
