using Microsoft.Extensions.Options;

namespace ProviderAgent.Metering.Tests;

/// <summary>Options that a test changes in place.</summary>
internal sealed class FixedOptions<T>(T value) : IOptionsMonitor<T>
{
    public T CurrentValue { get; set; } = value;

    public T Get(string? name) => CurrentValue;

    public IDisposable? OnChange(Action<T, string?> listener) => null;
}
