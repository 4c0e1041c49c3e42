using System.IO.Pipelines;
using System.Text;

namespace ProviderAgent.Inventory.Tests.Gpus;

/// <summary>Starts processes that say what the test writes.</summary>
internal sealed class FakeLauncher : IProbeLauncher
{
    private readonly List<Fake> _started = [];

    public Exception? Failure { get; set; }

    /// <summary>New processes hang in the kernel: they do not end when told to.</summary>
    public bool IsUnkillable { get; set; }

    public IReadOnlyList<Fake> Started
    {
        get
        {
            lock (_started) return [.. _started];
        }
    }

    public IProbeProcess Start(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        if (Failure is not null) throw Failure;
        var process = new Fake(arguments, environment, IsUnkillable);
        lock (_started) _started.Add(process);
        return process;
    }

    internal sealed class Fake(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment, bool isUnkillable) : IProbeProcess
    {
        private readonly Pipe _pipe = new();

        public IReadOnlyList<string> Arguments => arguments;

        public IReadOnlyDictionary<string, string>? Environment => environment;

        public int Id => 4711;

        public Stream Output => _pipe.Reader.AsStream();

        public bool HasExited { get; set; }

        public bool IsKilled { get; private set; }

        public void Kill()
        {
            IsKilled = true;
            if (!isUnkillable) HasExited = true;
        }

        public Task<bool> EndsAsync(TimeSpan limit, TimeProvider time) => Task.FromResult(HasExited);

        public void Dispose()
        {
        }

        public async Task SayAsync(string line, string end = "\n") => await _pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(line + end));

        /// <summary>Whoever still writes is not held up.</summary>
        public void Drain() => _pipe.Reader.Complete();

        public void End() => _pipe.Writer.Complete();
    }
}
