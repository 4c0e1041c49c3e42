using System.Net;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Docker;

/// <summary>Finds every mistake in <see cref="DockerOptions"/> at once.</summary>
internal sealed class DockerOptionsValidator : IValidateOptions<DockerOptions>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    public ValidateOptionsResult Validate(string? name, DockerOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        CheckEndpoint(errors, options);
        CheckTls(errors, options.Tls);

        var timeouts = options.Timeouts;
        Check(errors, "timeouts.connect", timeouts.Connect, Shortest, TimeSpan.FromMinutes(5));
        Check(errors, "timeouts.query", timeouts.Query, Shortest, TimeSpan.FromMinutes(10));
        Check(errors, "timeouts.change", timeouts.Change, Shortest, TimeSpan.FromMinutes(10));
        Check(errors, "timeouts.start", timeouts.Start, Shortest, TimeSpan.FromMinutes(30));
        Check(errors, "timeouts.stop_margin", timeouts.StopMargin, Shortest, TimeSpan.FromMinutes(10));
        Check(errors, "timeouts.remove", timeouts.Remove, Shortest, TimeSpan.FromHours(1));
        Check(errors, "timeouts.registry", timeouts.Registry, OneSecond, TimeSpan.FromHours(1));
        Check(errors, "timeouts.idle", timeouts.Idle, OneSecond, TimeSpan.FromHours(1));

        var limits = options.Limits;
        Check(errors, "limits.max_answer_bytes", limits.MaxAnswerBytes, 64 * 1024, 1024L * 1024 * 1024);
        Check(errors, "limits.max_line_bytes", limits.MaxLineBytes, 4 * 1024, 64 * 1024 * 1024);
        Check(errors, "limits.max_call_connections", limits.MaxCallConnections, 1, 4096);
        Check(errors, "limits.max_stream_connections", limits.MaxStreamConnections, 1, 65536);
        return errors.Build();
    }

    private static void CheckEndpoint(ValidateOptionsResultBuilder errors, DockerOptions options)
    {
        if (EngineEndpoint.ProblemOf(options.Endpoint) is { } problem)
        {
            errors.AddError(problem, "engine.endpoint");
            return;
        }

        var endpoint = EngineEndpoint.Parse(options.Endpoint, tlsCredentials: options.Tls.Certificate.Length > 0);
        if (endpoint.SocketPath is null && !endpoint.UseTls && !IsLoopback(endpoint.Host))
        {
            errors.AddError("plain TCP to another host gives everybody on the way root on it; set engine.tls or use https://", "engine.endpoint");
        }
    }

    private static void CheckTls(ValidateOptionsResultBuilder errors, DockerTlsOptions tls)
    {
        if ((tls.Certificate.Length > 0) != (tls.Key.Length > 0)) errors.AddError("certificate and key belong together; set both or none", "engine.tls.key");
        if (tls.Authority.Length > 0 && tls.Certificate.Length == 0)
        {
            errors.AddError("needs a client certificate; set certificate and key, too", "engine.tls.authority");
        }

        foreach (var (key, file) in new[] { ("authority", tls.Authority), ("certificate", tls.Certificate), ("key", tls.Key) })
        {
            if (file.Length > 0 && !File.Exists(file)) errors.AddError($"there is no readable file '{file}'", $"engine.tls.{key}");
        }
    }

    private static void Check<T>(ValidateOptionsResultBuilder errors, string key, T value, T min, T max)
        where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0) errors.AddError($"must be {min} to {max}, was {value}", $"engine.{key}");
    }

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
