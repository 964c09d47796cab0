"""The form: widgets that keep their values in the session, by the names of :class:`app.demo.fields.FormFields`."""

from __future__ import annotations

import streamlit as st

from app.demo.fields import EXAMPLE, GENDERS, LABELS, LICENCES, FormFields, JobFields

MAX_JOBS = 10
_JOB_PARTS = ("position", "company", "start", "end")


def prepare() -> None:
    """Gives a new session one empty place of work."""
    if "job_ids" not in st.session_state:
        st.session_state.job_ids = [0]


def fill_example() -> None:
    """Callback: fills the form with the sample résumé."""
    state = st.session_state
    state.title, state.gender, state.age, state.city = EXAMPLE.title, EXAMPLE.gender, EXAMPLE.age, EXAMPLE.city
    state.licences, state.salary, state.skills = list(EXAMPLE.licences), EXAMPLE.salary, EXAMPLE.skills
    first = max(state.job_ids, default=-1) + 1
    state.job_ids = list(range(first, first + len(EXAMPLE.jobs)))
    for number, job in zip(state.job_ids, EXAMPLE.jobs, strict=True):
        for part in _JOB_PARTS:
            state[f"{part}_{number}"] = getattr(job, part)


def _add_job() -> None:
    st.session_state.job_ids.append(max(st.session_state.job_ids, default=-1) + 1)


def _remove_job(number: int) -> None:
    st.session_state.job_ids.remove(number)


def read() -> FormFields:
    """Draws the form and returns what stands in it."""
    title, gender = _first_row()
    age, city, salary = _second_row()
    licences = st.pills(LABELS["driving_licences"], LICENCES, selection_mode="multi", key="licences")
    skills = st.text_input(f"{LABELS['skills']} (через запятую)", key="skills", placeholder="1С, Excel, переговоры")
    jobs = _jobs()
    return FormFields(title, gender, age, city, tuple(licences), salary, skills, jobs)


def _first_row() -> tuple[str, str | None]:
    left, right = st.columns((3, 2))
    title = left.text_input(LABELS["title"], key="title", placeholder="Например, бухгалтер", max_chars=200)
    gender = right.segmented_control(LABELS["gender"], list(GENDERS), key="gender")
    return title, gender


def _second_row() -> tuple[int | None, str, int | None]:
    left, middle, right = st.columns((1, 2, 2))
    age = left.number_input(LABELS["age"], 14, 100, value=None, step=1, key="age", placeholder="34")
    city = middle.text_input(LABELS["city"], key="city", placeholder="Казань", max_chars=200)
    salary = right.number_input(
        f"{LABELS['desired_salary']}, ₽", 1, 100_000_000, value=None, step=5_000, key="salary", placeholder="60000"
    )
    return age, city, salary


def _jobs() -> tuple[JobFields, ...]:
    st.markdown(f"**{LABELS['experience']}**")
    jobs = tuple(_job(number) for number in st.session_state.job_ids)
    if len(st.session_state.job_ids) < MAX_JOBS:
        st.button("Добавить место работы", icon=":material/add:", on_click=_add_job, type="tertiary", key="add_job")
    return jobs


def _job(number: int) -> JobFields:
    with st.container(key=f"job_{number}"):
        position, company, start, end, remove = st.columns((8, 6, 4, 4, 1.5), vertical_alignment="bottom")
        job = JobFields(
            position.text_input("Должность", key=f"position_{number}", max_chars=200),
            company.text_input("Компания", key=f"company_{number}", max_chars=200),
            start.text_input("Начало", key=f"start_{number}", placeholder="03.2019", max_chars=30),
            end.text_input("Конец", key=f"end_{number}", placeholder="сейчас", max_chars=30),
        )
        remove.button(
            "",
            icon=":material/close:",
            help="Убрать это место работы",
            on_click=_remove_job,
            args=(number,),
            type="tertiary",
            key=f"remove_{number}",
        )
    return job
