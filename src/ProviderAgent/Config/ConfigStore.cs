using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ProviderAgent.Config;

/// <summary>The configuration in force. A reload replaces it as one snapshot, or not at all.</summary>
internal sealed class ConfigStore(AgentOptions initial) : IDisposable
{
    private volatile AgentOptions _current = initial;
    private CancellationTokenSource _changed = new();

    public AgentOptions Current => _current;

    public IChangeToken ChangeToken => new CancellationChangeToken(_changed.Token);

    public void Replace(AgentOptions next)
    {
        _current = next;
        // Not disposed: a room may be taking its token this moment, and a source without a timer holds nothing.
        Interlocked.Exchange(ref _changed, new CancellationTokenSource()).Cancel();
    }

    public void Dispose() => _changed.Dispose();
}

/// <summary>Gives a room its section, now and after each reload.</summary>
internal sealed class SectionOptions<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(ConfigStore store, Func<AgentOptions, T> section) : IOptionsFactory<T>, IOptionsChangeTokenSource<T>
    where T : class
{
    public string Name => Options.DefaultName;

    public T Create(string name) => section(store.Current);

    public IChangeToken GetChangeToken() => store.ChangeToken;
}

/// <summary>Hands the sections to the rooms through the framework's options.</summary>
internal static class ConfigRegistration
{
    /// <summary>All sections, each with its room's checks. A room without a line here cannot be configured; a test compares this with <see cref="AgentOptions"/>.</summary>
    public static IServiceCollection AddAgentSections(this IServiceCollection services) => services
        .AddSingleton<IValidateOptions<ProviderOptions>, ProviderOptionsValidator>()
        .AddSingleton<IValidateOptions<OperatorOptions>, OperatorOptionsValidator>()
        .AddSection(options => options.Chain)
        .AddSection(options => options.Provider)
        .AddSection(options => options.Inventory)
        .AddSection(options => options.Bidding)
        .AddSection(options => options.Pricing)
        .AddSection(options => options.Engine)
        .AddSection(options => options.Workloads)
        .AddSection(options => options.Ingress)
        .AddSection(options => options.Reach)
        .AddSection(options => options.Gateway)
        .AddSection(options => options.Metering)
        .AddSection(options => options.Treasury)
        .AddSection(options => options.Operator)
        .AddSection(options => options.State);

    private static IServiceCollection AddSection<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(this IServiceCollection services, Func<AgentOptions, T> section)
        where T : class
    {
        services.AddSingleton<SectionValidator>(provider => new SectionValidator<T>(section, provider.GetServices<IValidateOptions<T>>()));
        services.AddSingleton(provider => new SectionOptions<T>(provider.GetRequiredService<ConfigStore>(), section));
        services.AddSingleton<IOptionsFactory<T>>(provider => provider.GetRequiredService<SectionOptions<T>>());
        services.AddSingleton<IOptionsChangeTokenSource<T>>(provider => provider.GetRequiredService<SectionOptions<T>>());
        return services;
    }
}
