using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Docker;

/// <summary>Registration of this room.</summary>
public static class DockerServiceCollectionExtensions
{
    /// <summary>Adds one <see cref="IDockerClient"/> for the process, made from <see cref="DockerOptions"/>. May be called more than once.</summary>
    public static IServiceCollection AddDocker(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<DockerOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DockerOptions>, DockerOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Configure);
        services.TryAddSingleton<IDockerClient>(provider => provider.GetRequiredService<DockerClientConfiguration>().CreateClient());
        return services;
    }

    private static DockerClientConfiguration Configure(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<DockerOptions>>().Value;
        var tls = options.Tls;
        var credentials = tls.Certificate.Length == 0
            ? null
            : CertificateCredentials.FromPemFiles(tls.Authority.Length == 0 ? null : tls.Authority, tls.Certificate, tls.Key);
        return new DockerClientConfiguration(options.Endpoint, credentials, options.Timeouts)
        {
            Limits = options.Limits,
            TimeProvider = provider.GetRequiredService<TimeProvider>(),
            LoggerFactory = provider.GetService<ILoggerFactory>() ?? Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance,
            MeterFactory = provider.GetService<IMeterFactory>(),
        };
    }
}
