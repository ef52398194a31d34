using System;
using System.Numerics;
using System.Threading;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Indexing;

/// <summary>
/// Finds the numbers of things by their ids: open addressing over slots of four bytes. A slot holds a number and, in the
/// bits that the number leaves, some of the id, so that other ids are told apart without a look at the thing itself.
/// The table is made of parts that grow one after the other; growing never holds more than one part twice. One thread
/// adds at a time; any number search meanwhile without a lock.
/// </summary>
/// <param name="idOf">The id of a number that was added.</param>
internal sealed class IdTable(Func<int, ObjectId> idOf)
{
    private const int PartBits = 6;
    private const int SmallestPart = 16;

    // Full parts grow by half: 5 to 7.5 bytes for each number.
    private const double HighestLoad = 0.8;
    private const double GrowthFactor = 1.5;

    // Sized for a number of ids, the parts differ by chance; this much more keeps nearly all from growing.
    private const double ReserveFactor = 1.02;

    private readonly Part?[] _parts = new Part?[1 << PartBits];

    /// <summary>Makes room for so many numbers in all, so that adding them need not grow the table.</summary>
    public void Reserve(int count)
    {
        int slots = (int)Math.Min(Array.MaxLength, (count * ReserveFactor / HighestLoad / _parts.Length) + 1);
        for (int i = 0; i < _parts.Length; i++)
        {
            if (slots > SmallestPart && slots > (_parts[i]?.Slots.Length ?? 0))
            {
                Volatile.Write(ref _parts[i], Rebuild(_parts[i], slots, count));
            }
        }
    }

    /// <summary>Adds a number under its id; one id may have several. The thing itself must be readable already.</summary>
    public void Add(ObjectId id, int number)
    {
        ref Part? slot = ref _parts[PartOf(id)];
        Part? part = slot;
        if (part is null || part.IsFull || number > part.HighestNumber)
        {
            int slots = part is null ? SmallestPart
                : part.IsFull ? checked((int)(part.Slots.Length * GrowthFactor)) : part.Slots.Length;

            // Others are added before this part grows again.
            part = Rebuild(part, slots, (int)Math.Min(int.MaxValue - 1, number * 2L));
            Volatile.Write(ref slot, part);
        }

        part.Link(id, number);
    }

    /// <summary>The numbers that may belong to the id, in the order in which they were added: all that do, and seldom
    /// one that does not.</summary>
    public Candidates Find(ObjectId id) => new(Volatile.Read(ref _parts[PartOf(id)]), id);

    private static int PartOf(ObjectId id) => (int)(id.HashBits >> (64 - PartBits));

    private Part Rebuild(Part? part, int slots, int highestNumber)
    {
        Part rebuilt = new(slots, Math.Max(highestNumber, part?.HighestNumber ?? 0));
        if (part is not null)
        {
            // From a gap on, so that numbers of one id keep their order where they run over the end.
            int gap = Array.IndexOf(part.Slots, 0u);
            for (int i = 1; i <= part.Slots.Length; i++)
            {
                uint slot = part.Slots[(gap + i) % part.Slots.Length];
                if (slot != 0)
                {
                    int number = part.NumberIn(slot);
                    rebuilt.Link(idOf(number), number);
                }
            }
        }

        return rebuilt;
    }

    /// <summary>The numbers that may belong to one id.</summary>
    public struct Candidates
    {
        private readonly Part? _part;
        private readonly uint _mark;
        private int _slot;

        internal Candidates(Part? part, ObjectId id)
        {
            _part = part;
            _mark = part is null ? 0 : part.MarkOf(id);
            _slot = part is null ? 0 : part.SlotOf(id);
        }

        /// <summary>The number that <see cref="MoveNext"/> came to.</summary>
        public int Current { get; private set; }

        /// <summary>Goes to the next number; false after the last.</summary>
        public bool MoveNext()
        {
            while (_part is not null)
            {
                uint slot = Volatile.Read(ref _part.Slots[_slot]);
                if (slot == 0)
                {
                    return false;
                }

                _slot = _part.After(_slot);
                if (_part.HasMark(slot, _mark))
                {
                    Current = _part.NumberIn(slot);
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The slots of the ids that begin with the same bits, for numbers up to the highest.</summary>
    internal sealed class Part(int slots, int highestNumber)
    {
        // Slots hold numbers from 1 on, because 0 stands for an empty one.
        private readonly int _numberBits = 32 - BitOperations.LeadingZeroCount((uint)highestNumber + 1);
        private int _count;

        public uint[] Slots { get; } = new uint[slots];

        public bool IsFull => _count + 1 > Slots.Length * HighestLoad;

        public int HighestNumber => (int)((1u << _numberBits) - 2);

        public int SlotOf(ObjectId id) => (int)(((id.HashBits & uint.MaxValue) * (ulong)Slots.Length) >> 32);

        public int After(int slot) => slot + 1 == Slots.Length ? 0 : slot + 1;

        public uint MarkOf(ObjectId id) => (uint)(id.HashBits >> 32) << _numberBits;

        public bool HasMark(uint slot, uint mark) => (slot ^ mark) >> _numberBits == 0;

        public int NumberIn(uint slot) => (int)(slot & ((1u << _numberBits) - 1)) - 1;

        public void Link(ObjectId id, int number)
        {
            int slot = SlotOf(id);
            while (Slots[slot] != 0)
            {
                slot = After(slot);
            }

            _count++;
            Volatile.Write(ref Slots[slot], MarkOf(id) | ((uint)number + 1));
        }
    }
}
