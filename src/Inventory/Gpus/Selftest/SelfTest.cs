using System.Globalization;

namespace ProviderAgent.Inventory;

/// <summary>Allocates, writes patterns, reads them back, copies and computes on one device. Runs in a process of its own.</summary>
internal sealed unsafe class SelfTest(TimeProvider time)
{
    private const nuint MiB = 1 << 20;
    private const nuint QuickBytes = 256 * MiB;
    private const nuint CopyBytes = 16 * MiB;
    private const nuint LargestBlock = 1024 * MiB;
    private const int ComputeWords = 1 << 18;
    private const uint ComputeRounds = 4096;

    // Left to the driver and its contexts.
    private const nuint Reserve = 512 * MiB;

    // Each bit is seen as one and as zero, and beside each of its neighbours.
    private static readonly uint[] Seeds = [0x00000000, 0xFFFFFFFF, 0xA5A5A5A5];

    private readonly List<SelfTestStage> _stages = [];
    private readonly List<(ulong Pointer, nuint Bytes)> _blocks = [];
    private nuint _tested;
    private nint _module;
    private ulong _errors;

    /// <summary>Never throws: what goes wrong is in the report.</summary>
    public SelfTestReport Run(string uuid, SelfTestLevel level)
    {
        var begun = time.GetTimestamp();
        var (outcome, detail) = (SelfTestOutcome.Passed, "all stages gave the right result");
        var device = -1;
        try
        {
            Stage("open", () => device = Open(uuid));
            Stage("load programs", Load);
            Stage("allocate", () => Allocate(level));
            foreach (var seed in Seeds) Stage(string.Create(CultureInfo.InvariantCulture, $"pattern {seed:x8}"), () => Pattern(seed));
            Stage("copy", Copy);
            Stage("compute", Compute);
            Stage("free", Free);
        }
        catch (SelfTestException error)
        {
            (outcome, detail) = (error.Outcome, error.Message);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            (outcome, detail) = (SelfTestOutcome.Impossible, $"{CudaNative.Library} is missing: install the compute part of the NVIDIA driver");
        }
        catch (EntryPointNotFoundException error)
        {
            (outcome, detail) = (SelfTestOutcome.Impossible, $"the driver is too old: {error.Message}");
        }
        finally
        {
            if (device >= 0) _ = CudaNative.cuDevicePrimaryCtxRelease_v2(device);
        }

        return new(uuid, outcome, detail, (long)_tested, time.GetElapsedTime(begun).TotalMilliseconds, _stages);
    }

    private static int Open(string uuid)
    {
        if (CudaNative.cuInit(0) is var begun && begun != 0) throw new SelfTestException(SelfTestOutcome.Impossible, string.Create(CultureInfo.InvariantCulture, $"CUDA does not start (code {begun}): may this process open /dev/nvidia*?"));
        Check("cuDeviceGetCount", CudaNative.cuDeviceGetCount(out var count));
        for (var ordinal = 0; ordinal < count; ordinal++)
        {
            Check("cuDeviceGet", CudaNative.cuDeviceGet(out var device, ordinal));
            var bytes = stackalloc byte[16];
            Check("cuDeviceGetUuid", CudaNative.cuDeviceGetUuid(bytes, device));
            if (!Text(new(bytes, 16)).Equals(uuid, StringComparison.OrdinalIgnoreCase)) continue;
            Check("cuDevicePrimaryCtxRetain", CudaNative.cuDevicePrimaryCtxRetain(out var context, device));
            Check("cuCtxSetCurrent", CudaNative.cuCtxSetCurrent(context));
            return device;
        }

        throw new SelfTestException(SelfTestOutcome.Impossible, $"CUDA does not show GPU {uuid}");
    }

    /// <summary>As the management library writes it.</summary>
    internal static string Text(ReadOnlySpan<byte> uuid)
    {
        var hex = Convert.ToHexStringLower(uuid);
        return $"GPU-{hex[..8]}-{hex[8..12]}-{hex[12..16]}-{hex[16..20]}-{hex[20..]}";
    }

    private void Load()
    {
        fixed (byte* image = SelfTestKernels.Ptx) Check("cuModuleLoadData", CudaNative.cuModuleLoadData(out _module, image));
    }

    private void Allocate(SelfTestLevel level)
    {
        Check("cuMemGetInfo", CudaNative.cuMemGetInfo_v2(out var free, out _));
        var wanted = level == SelfTestLevel.Full && free > Reserve ? free - Reserve : QuickBytes;
        while (_tested < wanted)
        {
            var bytes = wanted - _tested < LargestBlock ? wanted - _tested : LargestBlock;
            if (CudaNative.cuMemAlloc_v2(out var pointer, bytes) is var code && code != 0)
            {
                if (_blocks.Count > 0 && level == SelfTestLevel.Full) break; // as much as can be had
                throw new SelfTestException(SelfTestOutcome.Failed, string.Create(CultureInfo.InvariantCulture, $"{bytes / MiB} MiB cannot be allocated (code {code}), {free / MiB} MiB are said to be free"));
            }

            _blocks.Add((pointer, bytes));
            _tested += bytes;
        }

        Check("cuMemAlloc", CudaNative.cuMemAlloc_v2(out _errors, 4));
    }

    private void Pattern(uint seed)
    {
        Check("cuMemsetD32", CudaNative.cuMemsetD32_v2(_errors, 0, 1));
        foreach (var (pointer, bytes) in _blocks) Launch("pa_fill"u8, pointer, bytes / 4, seed, null);
        foreach (var (pointer, bytes) in _blocks) Launch("pa_check"u8, pointer, bytes / 4, seed, _errors);
        Check("cuCtxSynchronize", CudaNative.cuCtxSynchronize());
        uint errors = 0;
        Check("cuMemcpyDtoH", CudaNative.cuMemcpyDtoH_v2(&errors, _errors, 4));
        if (errors > 0) throw new SelfTestException(SelfTestOutcome.Failed, string.Create(CultureInfo.InvariantCulture, $"{errors} words of memory did not hold the pattern {seed:x8}"));
    }

    /// <summary>Host to device, device to device, device to host, and compared.</summary>
    private void Copy()
    {
        var (pointer, bytes) = _blocks[0];
        var size = (int)(bytes / 2 < CopyBytes ? bytes / 2 : CopyBytes);
        var sent = new uint[size / 4];
        for (uint i = 0; i < sent.Length; i++) sent[i] = SelfTestKernels.Mix(i, 0x5EED);
        var received = new uint[sent.Length];
        fixed (uint* from = sent, to = received)
        {
            Check("cuMemcpyHtoD", CudaNative.cuMemcpyHtoD_v2(pointer, from, (nuint)size));
            Check("cuMemcpyDtoD", CudaNative.cuMemcpyDtoD_v2(pointer + (ulong)size, pointer, (nuint)size));
            Check("cuMemcpyDtoH", CudaNative.cuMemcpyDtoH_v2(to, pointer + (ulong)size, (nuint)size));
        }

        if (!sent.AsSpan().SequenceEqual(received)) throw new SelfTestException(SelfTestOutcome.Failed, "data came back changed from a copy");
    }

    private void Compute()
    {
        var pointer = _blocks[0].Pointer;
        Launch("pa_fill"u8, pointer, ComputeWords, 0, null);
        Launch("pa_compute"u8, pointer, ComputeWords, ComputeRounds, null);
        Check("cuCtxSynchronize", CudaNative.cuCtxSynchronize());
        var results = new uint[ComputeWords];
        fixed (uint* to = results) Check("cuMemcpyDtoH", CudaNative.cuMemcpyDtoH_v2(to, pointer, ComputeWords * 4));

        // Turns of the generator are one multiplication and one addition with constants that depend on their number only.
        var (factor, term) = (1u, 0u);
        for (uint i = 0; i < ComputeRounds; i++) (factor, term) = (factor * SelfTestKernels.TurnFactor, term * SelfTestKernels.TurnFactor + SelfTestKernels.TurnTerm);
        for (uint i = 0; i < ComputeWords; i++)
        {
            if (results[i] != SelfTestKernels.Mix(i, 0) * factor + term) throw new SelfTestException(SelfTestOutcome.Failed, string.Create(CultureInfo.InvariantCulture, $"word {i} was computed wrongly"));
        }
    }

    private void Free()
    {
        foreach (var (pointer, _) in _blocks) Check("cuMemFree", CudaNative.cuMemFree_v2(pointer));
        Check("cuMemFree", CudaNative.cuMemFree_v2(_errors));
        Check("cuModuleUnload", CudaNative.cuModuleUnload(_module));
    }

    private void Launch(ReadOnlySpan<byte> name, ulong pointer, nuint count, uint number, ulong? last)
    {
        const uint Threads = 256;
        nint function;
        fixed (byte* at = name) Check("cuModuleGetFunction", CudaNative.cuModuleGetFunction(out function, _module, at)); // a u8 literal ends with a zero
        ulong words = pointer, length = count, end = last ?? 0;
        var parameters = stackalloc void*[4];
        parameters[0] = &words;
        parameters[1] = &length;
        parameters[2] = &number;
        parameters[3] = &end;
        var blocks = (uint)Math.Min((ulong)(count + Threads - 1) / Threads, 4096);
        Check("cuLaunchKernel", CudaNative.cuLaunchKernel(function, blocks, 1, 1, Threads, 1, 1, 0, 0, parameters, null));
    }

    private static void Check(string call, int code)
    {
        if (code != 0) throw new SelfTestException(SelfTestOutcome.Failed, string.Create(CultureInfo.InvariantCulture, $"{call} answered {code}"));
    }

    private void Stage(string name, Action act)
    {
        var begun = time.GetTimestamp();
        act();
        _stages.Add(new(name, time.GetElapsedTime(begun).TotalMilliseconds));
    }

    private sealed class SelfTestException(SelfTestOutcome outcome, string message) : Exception(message)
    {
        public SelfTestOutcome Outcome { get; } = outcome;
    }
}
