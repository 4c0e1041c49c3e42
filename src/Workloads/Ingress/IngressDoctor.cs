using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ProviderAgent.Workloads;

/// <summary>How grave a finding about this host is.</summary>
public enum HostFindingGrade
{
    Good,

    /// <summary>Good to know.</summary>
    Tells,
    Warns,

    /// <summary>A promise to tenants cannot be kept.</summary>
    Blocks,
}

/// <summary>Something about this host that the operator should know before it sells.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Grade">How grave it is.</param>
/// <param name="Detail">What was found, and the fix.</param>
public sealed record HostFinding(string Name, HostFindingGrade Grade, string Detail);

/// <summary>Looks whether this host can lead host names to tenants' services. Changes nothing.</summary>
public static class IngressDoctor
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    /// <param name="options">The section <c>ingress</c>.</param>
    /// <param name="domain">Domain below which services get names; empty for none.</param>
    /// <param name="folder">Where the daemon keeps what belongs to the ingress.</param>
    /// <param name="time">For the dates of certificates.</param>
    public static IEnumerable<HostFinding> Look(IngressOptions options, string domain, IngressFolder folder, TimeProvider time)
    {
        if (options.Mode == IngressMode.None)
        {
            yield return new("ingress", HostFindingGrade.Tells, "ingress.mode is none: web services get ports instead of host names");
            yield break;
        }

        yield return File.Exists(options.Nginx.Program)
            ? new("ingress", HostFindingGrade.Good, $"{options.Nginx.Program}, {(Directory.Exists(options.Nginx.UnitDirectory) ? "run by provider-agent-ingress.service" : "run by the daemon")}")
            : new("ingress", HostFindingGrade.Blocks, $"{options.Nginx.Program} is missing, so tenants' web services cannot be reached: install the package nginx-light, or set ingress.mode to none");
        var runs = new NginxProcesses(new(NginxDriver.OwnFolder(folder)), time).FindMaster() ?? new NginxProcesses(new(options.Nginx.UnitDirectory), time).FindMaster();
        yield return Listener("ingress http", options.Http, runs);
        yield return Listener("ingress https", options.Https, runs);
        if (options.GeneratedNames && domain.Length == 0)
            yield return new("ingress domain", HostFindingGrade.Warns, "services get no names of their own: set provider.ingress_domain, and lead it and *. of it to this host");
        foreach (var finding in Certificate(options.Tls, time)) yield return finding;
    }

    private static HostFinding Listener(string name, string address, int? nginx)
    {
        if (!IPEndPoint.TryParse(address, out var endpoint)) return new(name, HostFindingGrade.Blocks, $"'{address}' is not an address and a port");
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endpoint);
            return new(name, HostFindingGrade.Good, $"{address} is free");
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return nginx is { } pid
                ? new(name, HostFindingGrade.Good, string.Create(CultureInfo.InvariantCulture, $"{address} is in use; the ingress's own nginx runs (process {pid})"))
                : new(name, HostFindingGrade.Blocks, $"another program has {address}: find it with 'ss -ltnp', end it, or choose another address");
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AccessDenied)
        {
            return new(name, HostFindingGrade.Tells, $"only root can try whether {address} is free");
        }
        catch (SocketException error)
        {
            return new(name, HostFindingGrade.Blocks, $"nothing can listen on {address}: {error.Message}");
        }
    }

    private static IEnumerable<HostFinding> Certificate(IngressTlsOptions tls, TimeProvider time)
    {
        const string name = "ingress certificate";
        if (tls.Certificate.Length == 0)
        {
            yield return tls.Acme.Email.Length > 0 || tls.SelfMade
                ? new(name, HostFindingGrade.Good, tls.Acme.Email.Length > 0 ? $"from {tls.Acme.Directory?.Host} through {tls.Acme.Program}" : "self-made: no browser trusts it")
                : new(name, HostFindingGrade.Warns, "none: names are served over plain HTTP only. Set ingress.tls.certificate and key, or ingress.tls.acme.email");
            if (tls.Acme.Email.Length > 0 && !File.Exists(tls.Acme.Program)) yield return new(name, HostFindingGrade.Blocks, $"{tls.Acme.Program} is missing: install the package lego");
            yield break;
        }

        ServingCertificate? certificate = null;
        string? problem = null;
        try
        {
            certificate = CertificateReader.Read(tls.Certificate, tls.Key, tls.Certificate, time.GetUtcNow());
        }
        catch (CertificateException error)
        {
            problem = error.Message;
        }

        if (certificate is null) yield return new(name, HostFindingGrade.Blocks, $"{tls.Certificate} {problem}");
        else if (certificate.NotAfter - time.GetUtcNow() < Soon) yield return new(name, HostFindingGrade.Warns, $"{tls.Certificate} ends on {certificate.NotAfter:u}: renew it");
        else yield return new(name, HostFindingGrade.Good, $"{string.Join(", ", certificate.Names.Take(5))} until {certificate.NotAfter:u}");
    }
}
