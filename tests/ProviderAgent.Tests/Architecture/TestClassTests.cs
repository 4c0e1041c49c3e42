using System.Text.RegularExpressions;

namespace ProviderAgent.ProviderAgent.Tests.Architecture;

/// <summary>What tests make has to go when they end, processes and folders above all.</summary>
public sealed partial class TestClassTests
{
    /// <summary>The test framework of this version never calls <see cref="IAsyncDisposable.DisposeAsync"/> of a test class, only that of <see cref="IAsyncLifetime"/>.</summary>
    [Fact]
    public void TestClasses_WithSomethingToDisposeOf_AreDisposedOf()
    {
        var forgotten = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Where(file => NeverDisposed().IsMatch(File.ReadAllText(file)))
            .Select(file => $"{Path.GetFileName(file)}: implement IAsyncLifetime instead of IAsyncDisposable");

        Assert.Empty(forgotten);
    }

    [GeneratedRegex(@"^public sealed class \w+Tests\b[^\n{]*:[^\n{]*\bIAsyncDisposable\b", RegexOptions.Multiline)]
    private static partial Regex NeverDisposed();
}
